using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Relaying;
using Nashi.Dht.Tests.Connecting;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Relaying;

/// <summary>Connections through a blind relay, with real streams on the loopback interface.</summary>
public sealed class RelayTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeNet _net = FakeNet.Start();
    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _host = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _relay = KeyPair.Generate(SystemRandom.Instance);

    public enum Proposer
    {
        Client,
        Server,
        Both,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Proposer.Client)]
    [InlineData(Proposer.Server)]
    [InlineData(Proposer.Both)]
    public async Task Connect_NoDirectPath_GoesThroughTheRelayAndStays(Proposer proposer)
    {
        await using var relay = await StartRelayAsync();
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { RelayThrough = proposer == Proposer.Client ? [] : [_relay.PublicKey], Punches = false, SharesLocalAddresses = false });
        await using var ours = await ConnectAsync(Hidden(), proposer == Proposer.Server ? [] : [_relay.PublicKey]);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal((ConnectionKind.Relayed, ConnectionKind.Relayed), (ours.Kind, theirs.Kind));
        Assert.Equal(_relay.PublicKey, ours.Relay);
        await EchoAsync(ours, theirs, 20);
        Assert.Equal(1, relay.GetStats().Active);
        Assert.True(relay.GetStats().Bytes > 4_000_000);
    }

    [Fact]
    public async Task Connect_DirectPathLater_MovesWhileBytesFlowAndFreesTheRelay()
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = await StartRelayAsync(new BlindRelayOptions
        {
            Observer = happened =>
            {
                if (happened.Kind == BlindRelayEventKind.Unpaired) ended.TrySetResult();
            },
        });
        var host = Hidden();
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        host.PunchesAfter = opened.Task;
        await using var server = await ListenAsync(host, new DhtServerOptions { SharesLocalAddresses = false });
        await using var ours = await ConnectAsync(Hidden(), [_relay.PublicKey]);
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        ours.PathChanged += _ => moved.TrySetResult();
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(ConnectionKind.Relayed, ours.Kind);
        opened.SetResult();
        while (!ended.Task.IsCompleted) await EchoAsync(ours, theirs, 1);
        await moved.Task.WaitAsync(Patience, Token);
        await EchoAsync(ours, theirs, 10);
        Assert.NotEqual(ConnectionKind.Relayed, ours.Kind);
        Assert.NotEqual(ConnectionKind.Relayed, theirs.Kind);
    }

    [Fact]
    public async Task Connect_SeveralRelaysAndOneIsDead_MeetsAtTheOther()
    {
        await using var relay = await StartRelayAsync();
        using var dead = KeyPair.Generate(SystemRandom.Instance);
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { Punches = false, SharesLocalAddresses = false });
        var guest = Hidden();
        // The relay that answers is there before the message that names one is written.
        var ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (guest.LateTarget, guest.SearchesAfter) = (ConnectCommands.TargetOf(_host.PublicKey), ready.Task);
        await using var ours = await ConnectAsync(guest, [dead.PublicKey, _relay.PublicKey], step => _ = step.Name == "relay-ready" && ready.TrySetResult());
        Assert.Equal(_relay.PublicKey, ours.Relay);
    }

    [Fact]
    public async Task Connect_ServersRelayIsDead_BothMeetAtTheClients()
    {
        await using var relay = await StartRelayAsync();
        using var dead = KeyPair.Generate(SystemRandom.Instance);
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { RelayThrough = [dead.PublicKey], Punches = false, SharesLocalAddresses = false });
        await using var ours = await ConnectAsync(Hidden(), [_relay.PublicKey]);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal((ConnectionKind.Relayed, ConnectionKind.Relayed), (ours.Kind, theirs.Kind));
        Assert.Equal((_relay.PublicKey, _relay.PublicKey), (ours.Relay, theirs.Relay));
        await EchoAsync(ours, theirs, 1);
    }

    [Fact]
    public async Task Connect_ServersRelayAndTheClientsAreDead_Fails()
    {
        using var dead = KeyPair.Generate(SystemRandom.Instance);
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { RelayThrough = [dead.PublicKey], Punches = false, SharesLocalAddresses = false });
        await Assert.ThrowsAnyAsync<NashiException>(() => ConnectAsync(Hidden(), [_relay.PublicKey]));
        Assert.False(server.Connections.TryRead(out _));
    }

    [Fact]
    public async Task Relay_RepeatsFromTheSocketThatAClientMovedTo_AreCarried()
    {
        await using var relay = await StartRelayAsync();
        await using var one = await PairedEnd.StartAsync(_net.AddNode(), _relay.PublicKey, _client, isInitiator: true);
        await using var other = await PairedEnd.StartAsync(_net.AddNode(), _relay.PublicKey, _host, isInitiator: false);
        await one.SayAsync(1);
        await other.SayAsync(2);
        Assert.Equal((1, 2), (await other.HearAsync(), await one.HearAsync()));
        one.ChangeSocket();
        await one.SayAsync(3);
        Assert.Equal(3, await other.HearAsync());
        await other.SayAsync(4);
        Assert.Equal(4, await one.HearAsync());
    }

    [Fact]
    public async Task Relay_OneClientLeaves_CarriesWhatIsUnderWayUntilTheOtherLeaves()
    {
        var unpaired = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var left = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var relay = await StartRelayAsync(new BlindRelayOptions
        {
            Observer = happened =>
            {
                if (happened.Kind == BlindRelayEventKind.Unpaired) unpaired.TrySetResult();
                if (happened.Kind == BlindRelayEventKind.Closed) left.TrySetResult();
            },
        });
        await using var one = await PairedEnd.StartAsync(_net.AddNode(), _relay.PublicKey, _client, isInitiator: true);
        await using var other = await PairedEnd.StartAsync(_net.AddNode(), _relay.PublicKey, _host, isInitiator: false);
        await one.SayAsync(1);
        await other.SayAsync(2);
        Assert.Equal((1, 2), (await other.HearAsync(), await one.HearAsync()));
        await one.LeaveAsync();
        await left.Task.WaitAsync(Patience, Token);
        await other.SayAsync(3);
        Assert.Equal(3, await one.HearAsync());
        await other.LeaveAsync();
        await unpaired.Task.WaitAsync(Patience, Token);
        Assert.Equal((0, 0), (relay.GetStats().Active, relay.GetStats().Waiting));
    }

    [Fact]
    public async Task Beside_WordsThatThePeerSaidToTheRelay_ArriveOnTheDirectStream()
    {
        await using var relay = await StartRelayAsync();
        var guest = _net.AddNode();
        await using var peer = await PairedEnd.StartAsync(_net.AddNode(), _relay.PublicKey, _host, isInitiator: false);
        await using var stream = guest.Udx.CreateStream(77);
        var elsewhere = guest.Udx.Bind(UdpAddress.FromIPv4(0x7f000001, 0));
        var dials = new RelayDials(guest, (key, token) => guest.ConnectAsync(key, _client));
        var dial = dials.DialAsync(_relay.PublicKey);
        var leg = await dial.WaitAsync(Patience, Token);
        using var life = new CancellationTokenSource();
        var meeting = leg.PairAsync(isInitiator: true, PairedEnd.Token, stream.LocalId, life.Token);
        var clock = new VirtualClock();
        stream.Connect(elsewhere, 1, elsewhere.LocalAddress);
        var kept = RelayBeside.KeepAsync(stream, dials.TakeOut(_relay.PublicKey)!, meeting, life, clock);

        await peer.SayAsync(5);
        var word = new byte[1];
        await stream.ReadExactlyAsync(word, Token).AsTask().WaitAsync(Patience, Token);
        stream.HandleAuthenticated(1);
        Assert.Equal((5, elsewhere.LocalAddress, 0), (word[0], stream.Remote, stream.Moves));
        Assert.False(kept.IsCompleted);

        // The relay is left some time later, or with the stream.
        stream.Abort();
        await kept.WaitAsync(Patience, Token);
        await leg.Closed.WaitAsync(Patience, Token);
        await relay.DisposeAsync();
    }

    [Fact]
    public async Task Connect_NeitherRelayNorDirectPath_Fails()
    {
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { Punches = false, SharesLocalAddresses = false });
        var error = await Assert.ThrowsAnyAsync<NashiException>(() => ConnectAsync(Hidden(), [_relay.PublicKey]));
        Assert.NotEmpty(error.Code);
    }

    [Fact]
    public async Task Relay_ClosedWhileInUse_EndsTheConnection()
    {
        var relay = await StartRelayAsync();
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { Punches = false, SharesLocalAddresses = false });
        await using var ours = await ConnectAsync(Hidden(), [_relay.PublicKey]);
        await relay.DisposeAsync();
        await ours.Stream.Closed.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Relay_FirewallRefuses_ConnectFails()
    {
        await using var relay = await StartRelayAsync(new BlindRelayOptions { Firewall = (_, _) => true });
        await using var server = await ListenAsync(Hidden(), new DhtServerOptions { Punches = false, SharesLocalAddresses = false });
        await Assert.ThrowsAnyAsync<NashiException>(() => ConnectAsync(Hidden(), [_relay.PublicKey]));
        Assert.Equal(0, relay.GetStats().SessionsTotal);
    }

    [Fact]
    public async Task Relay_TooManyPairs_RefusesAtOnce()
    {
        await using var relay = await StartRelayAsync(new BlindRelayOptions { MaxPairsPerSession = 2 });
        await using var client = new BlindRelayClient(await _net.AddNode().ConnectAsync(_relay.PublicKey, _client));
        using var stop = new CancellationTokenSource();
        Task<uint>[] waiting = [.. Enumerable.Range(0, 2).Select(i => client.PairAsync(true, TokenOf(i), (uint)i + 1, stop.Token))];
        var error = await Assert.ThrowsAsync<BlindRelayException>(() => client.PairAsync(true, TokenOf(9), 9, Token).WaitAsync(Patience, Token));
        Assert.Equal("RELAY_REFUSED", error.Code);
        Assert.Equal((2, 1), (relay.GetStats().Waiting, relay.GetStats().Refused));
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(waiting));
    }

    public async ValueTask DisposeAsync()
    {
        await _net.DisposeAsync();
        _client.Dispose();
        _host.Dispose();
        _relay.Dispose();
    }

    private static Bytes32 TokenOf(int number)
    {
        var bytes = new byte[32];
        bytes[0] = (byte)number;
        return new Bytes32(bytes);
    }

    private static async Task EchoAsync(DhtConnection ours, DhtConnection theirs, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            var message = new byte[100_000];
            message[i] = 1;
            var sending = ours.Stream.WriteAsync(message, Token).AsTask();
            var there = await theirs.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            await sending;
            sending = theirs.Stream.WriteAsync(there.Message.ToArray(), Token).AsTask();
            var back = await ours.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            await sending;
            Assert.Equal(message, back.Message.ToArray());
        }
    }

    private FakeNode Hidden()
    {
        var node = _net.AddNode();
        node.HidesFromPings = true;
        return node;
    }

    private async Task<BlindRelayServer> StartRelayAsync(BlindRelayOptions? options = null)
    {
        var node = _net.AddNode(isFirewalled: false);
        return await BlindRelayServer.StartAsync(node, node.CreateServer, _relay, options, Token);
    }

    private Task<DhtConnection> ConnectAsync(FakeNode node, IReadOnlyList<PublicKey> relays, Action<ConnectStep>? progress = null) => node.ConnectAsync(
        _host.PublicKey, _client, new DhtConnectOptions { RelayThrough = relays, UsesLan = false, OpensEarly = false, Progress = progress }).WaitAsync(Patience, Token);

    private async Task<DhtServer> ListenAsync(FakeNode node, DhtServerOptions options)
    {
        var server = node.CreateServer(options);
        await server.ListenAsync(_host, Token);
        return server;
    }
}
