using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;

namespace Nashi.Dht.Tests.Connecting;

public sealed class RoutingTests
{
    private static readonly Bytes32 Target = new([.. Enumerable.Repeat((byte)7, 32)]);
    private static readonly UdpAddress Client = At("8.8.8.8:1000");
    private static readonly UdpAddress RelayA = At("9.9.9.1:2000");
    private static readonly UdpAddress RelayB = At("9.9.9.2:2000");
    private static readonly UdpAddress Server = At("7.7.7.7:3000");
    private static readonly byte[] Noise = [1, 2, 3];

    [Fact]
    public void PeerRouter_HandshakeThroughOneRelay_ReachesServerAndReturns()
    {
        var relay = Router(Server);
        var forwarded = relay.RouteHandshake(new(RouteMode.FromClient, Noise), Target, Client, false, default);
        Assert.Equal((RouteVerb.Forward, Server), (forwarded.Verb, forwarded.To));
        var atServer = HandshakeMessage.TryDecode(forwarded.Value)!;
        Assert.Equal((RouteMode.FromRelay, (UdpAddress?)Client), (atServer.Mode, atServer.PeerAddress));

        var serve = Router().RouteHandshake(atServer, Target, RelayA, true, default);
        Assert.Equal(RouteVerb.Serve, serve.Verb);
        var answer = PeerRouter.AnswerHandshake(atServer, RelayA, new byte[] { 9 });
        Assert.Equal((RouteVerb.Forward, RelayA), (answer.Verb, answer.To));

        var back = relay.RouteHandshake(HandshakeMessage.TryDecode(answer.Value)!, Target, Server, false, default);
        Assert.Equal((RouteVerb.Respond, Client), (back.Verb, back.To));
        var reply = HandshakeMessage.TryDecode(back.Value)!;
        Assert.Equal((RouteMode.Reply, (UdpAddress?)Server), (reply.Mode, reply.PeerAddress));
        Assert.Equal([9], reply.Noise.ToArray());
    }

    [Fact]
    public void PeerRouter_HandshakeThroughTwoRelays_ReturnsThroughTheFirst()
    {
        var first = Router().RouteHandshake(new(RouteMode.FromClient, Noise, RelayAddress: RelayB), Target, Client, false, default);
        Assert.Equal((RouteVerb.Forward, RelayB), (first.Verb, first.To));
        var second = Router(Server).RouteHandshake(HandshakeMessage.TryDecode(first.Value)!, Target, RelayA, false, default);
        Assert.Equal((RouteVerb.Forward, Server), (second.Verb, second.To));
        var atServer = HandshakeMessage.TryDecode(second.Value)!;
        Assert.Equal((RouteMode.FromSecondRelay, (UdpAddress?)Client, (UdpAddress?)RelayA), (atServer.Mode, atServer.PeerAddress, atServer.RelayAddress));
        var answer = PeerRouter.AnswerHandshake(atServer, RelayB, Noise);
        Assert.Equal((RouteVerb.Forward, RelayA), (answer.Verb, answer.To));
    }

    [Fact]
    public void PeerRouter_HandshakeAtTheServerItself_IsAnsweredDirectly()
    {
        var asked = new HandshakeMessage(RouteMode.FromClient, Noise);
        Assert.Equal(RouteVerb.Serve, Router().RouteHandshake(asked, Target, Client, true, default).Verb);
        var answer = PeerRouter.AnswerHandshake(asked, Client, Noise);
        Assert.Equal((RouteVerb.Respond, Client), (answer.Verb, answer.To));
        Assert.Null(HandshakeMessage.TryDecode(answer.Value)!.PeerAddress);
    }

    [Fact]
    public void PeerRouter_UnknownTarget_GuidesTheClientAndDropsTheRest()
    {
        var router = Router();
        Assert.Equal(RouteVerb.Guide, router.RouteHandshake(new(RouteMode.FromClient, Noise), Target, Client, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.FromRelay, Noise, Client), Target, RelayA, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.FromServer, Noise), Target, Server, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.Reply, Noise, Client), Target, Server, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.FromClient, default), Target, Client, false, default).Verb);
    }

    [Theory]
    [InlineData("10.0.0.1:5")]
    [InlineData("127.0.0.1:5")]
    [InlineData("224.0.0.1:5")]
    [InlineData("255.255.255.255:5")]
    [InlineData("8.8.4.4:0")]
    public void PeerRouter_StrangerNamesAddressThatIsNotItsBusiness_SendsNothing(string victim)
    {
        var router = Router();
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.FromClient, Noise, RelayAddress: At(victim)), Target, Client, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHandshake(new(RouteMode.FromServer, Noise, At(victim)), Target, Server, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHolepunch(new(RouteMode.FromClient, 0, Noise, At(victim)), Target, Client, false, default).Verb);
        Assert.Equal(RouteVerb.Drop, router.RouteHolepunch(new(RouteMode.FromServer, 0, Noise, At(victim)), Target, Server, false, default).Verb);
    }

    [Fact]
    public void PeerRouter_Flood_IsCutOffAndRecovers()
    {
        var router = Router(Server);
        var forwarded = Enumerable.Range(0, 1000)
            .Count(_ => router.RouteHandshake(new(RouteMode.FromClient, Noise), Target, Client, false, default).Verb == RouteVerb.Forward);
        Assert.Equal(20, forwarded);
        Assert.Equal(RouteVerb.Forward, router.RouteHandshake(new(RouteMode.FromClient, Noise), Target, RelayA, false, default).Verb);
        var later = Instant.FromMilliseconds(1000);
        Assert.Equal(RouteVerb.Forward, router.RouteHandshake(new(RouteMode.FromClient, Noise), Target, Client, false, later).Verb);
    }

    [Fact]
    public void PeerRouter_Holepunch_ReachesServerAndReturns()
    {
        var forwarded = Router().RouteHolepunch(new(RouteMode.FromClient, 5, Noise, Server), Target, Client, false, default);
        Assert.Equal((RouteVerb.Forward, Server), (forwarded.Verb, forwarded.To));
        var atServer = HolepunchMessage.TryDecode(forwarded.Value)!;
        Assert.Equal((5UL, (UdpAddress?)Client), (atServer.Id, atServer.PeerAddress));
        Assert.Equal(RouteVerb.Serve, Router().RouteHolepunch(atServer, Target, RelayA, true, default).Verb);
        var answer = PeerRouter.AnswerHolepunch(atServer, RelayA, Noise);
        var back = Router().RouteHolepunch(HolepunchMessage.TryDecode(answer.Value)!, Target, Server, false, default);
        Assert.Equal((RouteVerb.Respond, Client), (back.Verb, back.To));
    }

    [Fact]
    public void ForwardTable_Entries_AgeAndStayWithinCapacity()
    {
        var table = new ForwardTable(100, TimeSpan.FromMinutes(20));
        table.Set(Target, Server, default);
        Assert.True(table.TryGet(Target, Instant.FromMilliseconds(13 * 60_000), out _));
        Assert.False(table.TryGet(Target, Instant.FromMilliseconds(27 * 60_000), out _));
        for (var i = 0; i < 1000; i++) table.Set(new Bytes32([.. BitConverter.GetBytes(i), .. new byte[28]]), Server, default);
        Assert.InRange(table.Count, 50, 100);
    }

    [Fact]
    public void HandshakeTable_SameNoise_IsFoundUntilItHasLingered()
    {
        var table = new HandshakeTable<string>(10, 10);
        var id = table.TryAdd(Noise, Client, _ => "first", default);
        Assert.Equal(0, id);
        Assert.True(table.TryFind(Noise, out var found));
        Assert.Equal("first", found);
        table.Release(0, default);
        table.Expire(Instant.FromMilliseconds(9_999));
        Assert.Equal("first", table.Find(0));
        table.Expire(Instant.FromMilliseconds(10_000));
        Assert.Null(table.Find(0));
        Assert.Equal(0, table.TryAdd(Noise, Client, _ => "second", default));
    }

    [Fact]
    public void HandshakeTable_OneHostFloods_OthersStillGetIn()
    {
        var table = new HandshakeTable<string>(100, 10);
        for (var i = 0; i < 1000; i++) table.TryAdd(BitConverter.GetBytes(i), Client.WithPort(i + 1), _ => "", default);
        Assert.Equal(10, table.Count);
        Assert.NotNull(table.TryAdd(Noise, Server, _ => "", default));
        for (var i = 0; i < 1000; i++) table.TryAdd(BitConverter.GetBytes(-i - 1), UdpAddress.FromIPv4((uint)i + 1, 1), _ => "", default);
        Assert.Equal(100, table.Count);
        Assert.Null(table.Find(1000));
        table.Expire(Instant.FromMilliseconds(60_000));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public void HandshakeTable_HostWithManyFinishedHandshakes_GetsAnother()
    {
        var table = new HandshakeTable<string>(20, 10);
        for (var i = 0; i < 1000; i++)
        {
            var id = table.TryAdd(BitConverter.GetBytes(i), Client, _ => "", default);
            Assert.NotNull(id);
            table.Release(id.Value, default);
        }

        Assert.Equal(20, table.Count);
        Assert.False(table.TryFind(BitConverter.GetBytes(0), out _));
        Assert.True(table.TryFind(BitConverter.GetBytes(999), out _));
        table.Expire(Instant.FromMilliseconds(10_000));
        Assert.Equal(0, table.Count);
    }

    [Theory]
    [InlineData(true, NatKind.Unknown, "1.1.1.1", false, true, 0)]
    [InlineData(false, NatKind.Open, "1.1.1.1", false, true, 0)]
    [InlineData(false, NatKind.Unknown, "5.5.5.5", false, true, 1)]
    [InlineData(false, NatKind.Unknown, "1.1.1.1", true, true, 2)]
    [InlineData(false, NatKind.Unknown, "1.1.1.1", false, false, 2)]
    [InlineData(false, NatKind.Unknown, "1.1.1.1", false, true, 3)]
    public void ServerDecision_EachCase_ChoosesTheShortestPath(bool direct, NatKind client, string seenAt, bool open, bool punches, int expected)
    {
        var decision = new ServerDecision
        {
            IsDirect = direct,
            Client = new PeerPayload { Firewall = client, Addresses = [At("192.168.1.7:5")] },
            ClientAddress = At(seenAt + ":1"),
            ServerAddress = At("5.5.5.5:1"),
            LocalAddresses = [At("192.168.1.2:5")],
            IsOpen = open,
            SharesLocalAddresses = true,
            Punches = punches,
        };
        Assert.Equal((ServerRoute)expected, decision.Choose());
    }

    private static PeerRouter Router(UdpAddress? server = null)
    {
        var forwards = new ForwardTable(100, TimeSpan.FromMinutes(20));
        if (server is { } known) forwards.Set(Target, known, default);
        return new PeerRouter(forwards, new SourceBudget(10, 20, 1000));
    }

    private static UdpAddress At(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
