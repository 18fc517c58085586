using System.Buffers;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.SecretStream;

namespace Nashi.Dht.Tests.Connecting;

public sealed partial class ConnectCoreTests : IDisposable
{
    private static readonly UdpAddress NodeA = At("9.9.9.1:1");
    private static readonly UdpAddress NodeB = At("9.9.9.2:2");
    private static readonly UdpAddress Server = At("7.7.7.7:7");
    private static readonly UdpAddress Us = At("6.6.6.6:6");

    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _server = KeyPair.Generate(SystemRandom.Instance);

    [Fact]
    public void Start_NothingKnown_Searches()
    {
        var core = Make();
        var search = Assert.IsType<ConnectAction.FindPeer>(Assert.Single(Drain(core)));
        Assert.Empty(search.Seeds);
    }

    [Fact]
    public void Start_KnownRelays_FirstOneIsTrustedForAWhile()
    {
        var core = Make(plan => plan with { KnownRelays = [NodeA, NodeB] });
        Assert.Equal(NodeA, Assert.IsType<ConnectAction.Handshake>(Assert.Single(Drain(core))).Node);
        core.HandleTimeout(core.NextTimeout - TimeSpan.FromMilliseconds(1));
        Assert.Empty(Drain(core));
        core.HandleTimeout(core.NextTimeout);
        var actions = Drain(core);
        Assert.Equal([NodeA, NodeB], actions.OfType<ConnectAction.FindPeer>().Single().Seeds);
        Assert.Equal(NodeB, actions.OfType<ConnectAction.Handshake>().Single().Node);
        Assert.Equal(Instant.Never, core.NextTimeout);
    }

    [Fact]
    public void Start_KnownRelaysAreGone_SearchesAtOnce()
    {
        var core = Make(plan => plan with { KnownRelays = [NodeA, NodeB] });
        Drain(core);
        core.HandleNoAnswer();
        Assert.Equal(NodeB, Assert.IsType<ConnectAction.Handshake>(Assert.Single(Drain(core))).Node);
        core.HandleNoAnswer();
        Assert.Equal([NodeA, NodeB], Assert.IsType<ConnectAction.FindPeer>(Assert.Single(Drain(core))).Seeds);
    }

    [Fact]
    public void Search_NobodyKnowsThePeer_EndsWithPeerNotFound()
    {
        var core = Make();
        Drain(core);
        core.HandleSearchEnd();
        AssertFails(core, ConnectFailure.PeerNotFound);
    }

    [Fact]
    public void Search_SeedsLedAstray_SearchesOnceMoreWithoutThem()
    {
        var core = Make(plan => plan with { KnownRelays = [NodeA] });
        Drain(core);
        core.HandleNoAnswer();
        Drain(core);
        core.HandleSearchEnd();
        Assert.Empty(Assert.IsType<ConnectAction.FindPeer>(Assert.Single(Drain(core))).Seeds);
        core.HandleSearchEnd();
        AssertFails(core, ConnectFailure.PeerNotFound);
    }

    [Fact]
    public void Handshake_NobodyAnswers_EndsWithPeerConnectionFailed()
    {
        var core = Make();
        Drain(core);
        core.HandleFound(NodeA);
        core.HandleFound(NodeB);
        core.HandleFound(NodeA);
        Assert.Equal(2, Drain(core).Count);
        core.HandleNoAnswer();
        core.HandleSearchEnd();
        Assert.False(core.IsDone);
        core.HandleNoAnswer();
        AssertFails(core, ConnectFailure.PeerConnectionFailed);
    }

    [Fact]
    public void Handshake_ManyNodes_AskedFewAtOnce()
    {
        var core = Make();
        Drain(core);
        for (var i = 1; i <= 100; i++) core.HandleFound(At($"9.9.9.9:{i}"));
        Assert.Equal(ConnectCore.MaxParallel, Drain(core).Count);
        core.HandleNoAnswer();
        Assert.Single(Drain(core));
    }

    [Fact]
    public void Handshake_LyingRelay_CostsOnlyItsOwnTurn()
    {
        var core = Make();
        Drain(core);
        core.HandleFound(NodeA);
        core.HandleFound(NodeB);
        Drain(core);
        core.HandleAnswer(NodeA, new(RouteMode.Reply, new byte[100], Server), Us, default);
        Assert.Null(core.Remote);
        core.HandleAnswer(NodeB, new(RouteMode.Reply, Answer(core, Offer())), Us, default);
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Default, NodeB, ConnectionKind.Direct), (connect.Socket, connect.To, connect.Kind));
        using var keys = core.Keys;
        Assert.Equal(_server.PublicKey, keys!.RemotePublicKey);
    }

    [Fact]
    public void Answer_OpenServer_ConnectsToItsPublicAddress()
    {
        var core = Agree(Offer() with { Firewall = NatKind.Open, Holepunch = null, Addresses = [At("192.168.1.1:7"), At("7.7.7.8:8")] });
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((At("7.7.7.8:8"), ConnectionKind.Direct), (connect.To, connect.Kind));
    }

    [Fact]
    public void Answer_WeAreOpen_WaitsForTheServerTenSeconds()
    {
        var core = Agree(Offer(), plan => plan with { Ours = plan.Ours with { Firewall = NatKind.Open } });
        Assert.Empty(Drain(core));
        Assert.Equal(Instant.Zero + ConnectCore.PassiveWait, core.NextTimeout);
        core.HandleTimeout(core.NextTimeout);
        AssertFails(core, ConnectFailure.HolepunchAborted);
    }

    [Fact]
    public void Answer_WeAreOpenAndServerComes_Connects()
    {
        var core = Agree(Offer(), plan => plan with { Ours = plan.Ours with { Firewall = NatKind.Open } });
        core.HandleReached(Server);
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Reached, Server), (connect.Socket, connect.To));
    }

    [Fact]
    public void Answer_BothFirewalled_Punches()
    {
        var core = Agree(Offer());
        var punch = Assert.IsType<ConnectAction.Punch>(Assert.Single(Drain(core)));
        Assert.Equal((Server, NodeA), (punch.Server, punch.Relay));
        core.HandlePunched(At("7.7.7.7:99"), default);
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Punch, ConnectionKind.HolePunched), (connect.Socket, connect.Kind));
    }

    [Fact]
    public void Answer_SamePublicAddress_RacesTheNeighbourWithThePunch()
    {
        var core = Agree(Offer() with { Addresses = [At("192.168.1.9:7")] }, seen: Server.WithPort(5));
        var actions = Drain(core);
        Assert.Single(actions.OfType<ConnectAction.Punch>());
        var ping = Assert.Single(actions.OfType<ConnectAction.PingNeighbour>());
        core.HandlePunchFailed(ConnectFailure.HolepunchAborted);
        Assert.False(core.IsDone);
        core.HandleNeighbour(ping.Address, true, default);
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Server, ConnectionKind.Lan), (connect.Socket, connect.Kind));
    }

    [Fact]
    public void Answer_NeitherNeighbourNorPunch_EndsWithThePunchesReason()
    {
        var core = Agree(Offer() with { Addresses = [At("192.168.1.9:7")] }, seen: Server.WithPort(5));
        Drain(core);
        core.HandlePunchFailed(ConnectFailure.RemoteAborted);
        core.HandleNeighbour(At("192.168.1.9:7"), false, default);
        AssertFails(core, ConnectFailure.RemoteAborted);
    }

    [Fact]
    public void Answer_ErrorOrOtherVersion_EndsWithItsCode()
    {
        AssertFails(Agree(Offer() with { Error = PeerError.Aborted }), ConnectFailure.ServerError);
        AssertFails(Agree(Offer() with { Error = PeerError.VersionMismatch }), ConnectFailure.ServerIncompatible);
        AssertFails(Agree(Offer() with { Stream = null }), ConnectFailure.ServerError);
        AssertFails(Agree(Offer() with { Version = 2 }), ConnectFailure.ServerIncompatible);
    }

    [Fact]
    public void Start_RemoteKeyIsNoPoint_Throws()
    {
        using var handshake = NoiseHandshake.StartIK(true, _client, default(Nashi.Encoding.PublicKey), [], SystemRandom.Instance);
        Assert.Throws<ArgumentException>(() => new ConnectCore(new ConnectPlan { Handshake = handshake, Ours = new PeerPayload() }));
    }

    public void Dispose()
    {
        _client.Dispose();
        _server.Dispose();
    }

    private static PeerPayload Offer() => new()
    {
        Holepunch = new HolepunchOffer(0, [new(NodeB, Server)]),
        Stream = new StreamOffer(77),
        SecretStreamVersion = 1,
    };

    private static List<ConnectAction> Drain(ConnectCore core)
    {
        var actions = new List<ConnectAction>();
        while (core.TryTake(out var action)) actions.Add(action);
        return actions;
    }

    private static void AssertFails(ConnectCore core, ConnectFailure why)
    {
        Assert.Equal(why, Assert.IsType<ConnectAction.Fail>(Drain(core)[^1]).Why);
        Assert.True(core.IsDone);
    }

    private static UdpAddress At(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private ConnectCore Make(Func<ConnectPlan, ConnectPlan>? change = null)
    {
        var plan = new ConnectPlan
        {
            Handshake = NoiseHandshake.StartIK(true, _client, _server.PublicKey, [], SystemRandom.Instance),
            Ours = new PeerPayload { Stream = new StreamOffer(5), SecretStreamVersion = 1 },
        };
        var core = new ConnectCore(change?.Invoke(plan) ?? plan);
        core.Start(default);
        return core;
    }

    private ConnectCore Agree(PeerPayload answer, Func<ConnectPlan, ConnectPlan>? change = null, UdpAddress? seen = null)
    {
        var core = Make(change);
        Drain(core);
        core.HandleFound(NodeA);
        Drain(core);
        core.HandleAnswer(NodeA, new(RouteMode.Reply, Answer(core, answer), Server), seen ?? Us, default);
        return core;
    }

    private byte[] Answer(ConnectCore core, PeerPayload payload)
    {
        using var handshake = NoiseHandshake.StartIK(false, _server, null, [], SystemRandom.Instance);
        Assert.True(handshake.TryReadMessage(core.Request.Span, out _));
        var buffer = new ArrayBufferWriter<byte>();
        Assert.True(handshake.TryWriteMessage(payload.Encode(), buffer));
        return buffer.WrittenSpan.ToArray();
    }
}
