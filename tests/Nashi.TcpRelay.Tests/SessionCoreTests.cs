using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Tests;

public sealed class SessionCoreTests : ISessionHost
{
    private static readonly UdpAddress Peer = UdpAddress.FromIPv4(0x14000001, 40_000);
    private static readonly SessionLimits Limits = new()
    {
        MaxChannels = 2, HelloTimeout = TimeSpan.FromSeconds(10), IdleTimeout = TimeSpan.FromMinutes(5), Egress = new EgressLimits(),
    };

    private readonly List<(FrameKind Kind, string Body)> _frames = [];
    private readonly List<(ushort Channel, UdpAddress To)> _sent = [];
    private readonly HashSet<ushort> _ports = [];
    private readonly SessionCore _core;
    private Instant _now = Instant.FromMilliseconds(5);
    private TcpRelayEnd? _refusal;
    private TcpRelayEnd? _end;

    public SessionCoreTests() => _core = new SessionCore(Limits, this, _now);

    [Fact]
    public void HandleFrame_Hello_IsWelcomedWithTheLimits()
    {
        Say(FrameKind.Hello, HelloFrame.Make(null));
        Assert.True(_core.IsWelcome);
        Assert.Equal([(FrameKind.Welcome, "01000200")], _frames);
    }

    [Fact]
    public void HandleFrame_RefusedByTheHost_Ends()
    {
        _refusal = TcpRelayEnd.Full;
        Say(FrameKind.Hello, HelloFrame.Make(new Bytes32(new byte[32])));
        Assert.Equal(TcpRelayEnd.Full, _end);
        Assert.Empty(_frames);
    }

    [Theory]
    [InlineData(FrameKind.Open, "0001")]
    [InlineData(FrameKind.Ping, "")]
    [InlineData(FrameKind.Hello, "")]
    [InlineData(FrameKind.Hello, "0100")]
    public void HandleFrame_AnythingButAHelloFirst_IsMalformed(object kind, string body)
    {
        Say((FrameKind)kind, Convert.FromHexString(body));
        Assert.Equal(TcpRelayEnd.Malformed, _end);
    }

    [Theory]
    [InlineData(FrameKind.Hello, "01")]
    [InlineData(FrameKind.Welcome, "01000200")]
    [InlineData(FrameKind.Open, "00")]
    [InlineData(FrameKind.Close, "")]
    [InlineData(FrameKind.Datagram, "000104")]
    public void HandleFrame_NonsenseLater_IsMalformed(object kind, string body)
    {
        Welcome();
        Say((FrameKind)kind, Convert.FromHexString(body));
        Assert.Equal(TcpRelayEnd.Malformed, _end);
    }

    [Fact]
    public void HandleFrame_UnknownKind_IsIgnored()
    {
        Welcome();
        Say((FrameKind)200, [1, 2, 3]);
        Assert.Null(_end);
    }

    [Fact]
    public void HandleFrame_MoreChannelsThanAllowed_AreRefusedOneByOne()
    {
        Welcome();
        for (ushort channel = 1; channel <= 3; channel++) Say(FrameKind.Open, ChannelFrame.Make(channel));
        Assert.Equal(2, _ports.Count);
        Assert.Equal((FrameKind.Close, "0003"), _frames[^1]);
        Say(FrameKind.Close, ChannelFrame.Make(1));
        Say(FrameKind.Open, ChannelFrame.Make(3));
        Assert.Equal((FrameKind.Opened, "0003C353"), _frames[^1]);
        Assert.Null(_end);
    }

    [Fact]
    public void HandleFrame_Datagram_LeavesFromItsChannelOnly()
    {
        Welcome();
        Say(FrameKind.Open, ChannelFrame.Make(1));
        Send(1);
        Send(2);
        Assert.Equal([((ushort)1, Peer)], _sent);
        Assert.Null(_end);
    }

    [Fact]
    public void HandleDatagram_ForeignOrOurs_OnlyOursPass()
    {
        Welcome();
        Assert.True(_core.HandleDatagram([0x13, 1, 2], Peer, _now));
        Assert.False(_core.HandleDatagram("HTTP"u8, Peer, _now));
    }

    [Fact]
    public void HandleTimeout_NoHello_Ends()
    {
        _core.HandleTimeout(_now + TimeSpan.FromSeconds(9));
        Assert.Null(_end);
        _core.HandleTimeout(_now + TimeSpan.FromSeconds(10));
        Assert.Equal(TcpRelayEnd.TimedOut, _end);
    }

    [Fact]
    public void HandleTimeout_OnlyPings_EndsAsIdle()
    {
        Welcome();
        _now += TimeSpan.FromMinutes(4);
        _core.HandleDatagram([0], Peer, _now);
        _now += TimeSpan.FromMinutes(4);
        Say(FrameKind.Ping, []);
        _core.HandleTimeout(_now);
        Assert.Null(_end);
        _core.HandleTimeout(_now + TimeSpan.FromMinutes(1));
        Assert.Equal(TcpRelayEnd.Idle, _end);
    }

    [Fact]
    public void Liveness_Silence_AsksOnceThenGivesUp()
    {
        var liveness = new Liveness(_now);
        Assert.False(liveness.ShouldAsk(_now + TimeSpan.FromSeconds(14)));
        Assert.True(liveness.ShouldAsk(_now + TimeSpan.FromSeconds(15)));
        Assert.False(liveness.ShouldAsk(_now + TimeSpan.FromSeconds(16)));
        Assert.False(liveness.IsDead(_now + TimeSpan.FromSeconds(29)));
        Assert.True(liveness.IsDead(_now + TimeSpan.FromSeconds(30)));
        liveness.HandleHeard(_now + TimeSpan.FromSeconds(29));
        Assert.False(liveness.IsDead(_now + TimeSpan.FromSeconds(58)));
    }

    [Fact]
    public void Liveness_Doubt_AsksAtOnceAndGivesUpSoon()
    {
        var liveness = new Liveness(_now);
        liveness.HandleDoubt(_now);
        Assert.True(liveness.ShouldAsk(_now));
        Assert.True(liveness.IsDead(_now + TimeSpan.FromSeconds(5)));
        liveness.HandleHeard(_now + TimeSpan.FromSeconds(1));
        Assert.False(liveness.IsDead(_now + TimeSpan.FromSeconds(6)));
    }

    TcpRelayEnd? ISessionHost.Refuse(Bytes32 secret) => _refusal;

    void ISessionHost.SendFrame(FrameKind kind, ReadOnlySpan<byte> body) => _frames.Add((kind, Convert.ToHexString(body)));

    int? ISessionHost.OpenPort(ushort channel)
    {
        Assert.True(_ports.Add(channel));
        return 50_000 + channel;
    }

    void ISessionHost.ClosePort(ushort channel) => Assert.True(_ports.Remove(channel));

    void ISessionHost.SendDatagram(ushort channel, ReadOnlySpan<byte> payload, UdpAddress to) => _sent.Add((channel, to));

    void ISessionHost.CountDropped(Verdict verdict)
    {
    }

    void ISessionHost.End(TcpRelayEnd reason) => _end = reason;

    private void Welcome() => Say(FrameKind.Hello, HelloFrame.Make(null));

    private void Say(FrameKind kind, byte[] body) => _core.HandleFrame(new Frame(kind, body), _now);

    private void Send(ushort channel)
    {
        var buffer = new FrameBuffer(1024);
        buffer.TryAddDatagrams(channel, Peer, new byte[] { 0x03, 1, 2 }, 3, out _);
        ReadOnlySpan<byte> bytes = buffer.Take().Span;
        Assert.True(Frame.TryTake(ref bytes, out var frame, out _));
        _core.HandleFrame(frame, _now);
    }
}
