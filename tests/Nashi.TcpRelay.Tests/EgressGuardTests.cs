using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Tests;

public sealed class EgressGuardTests
{
    private static readonly byte[] Request = [0x03, .. new byte[99]];
    private static readonly byte[] Packet = [0xff, 1, .. new byte[1198]];
    private static readonly UdpAddress Peer = UdpAddress.FromIPv4(0x14000001, 40_000);

    private Instant _now = Instant.FromMilliseconds(1000);

    [Theory]
    [InlineData("127.0.0.1:40000")]
    [InlineData("10.1.2.3:40000")]
    [InlineData("100.64.0.1:40000")]
    [InlineData("169.254.1.1:40000")]
    [InlineData("172.31.255.255:40000")]
    [InlineData("192.168.1.1:40000")]
    [InlineData("0.1.2.3:40000")]
    [InlineData("224.0.0.251:5353")]
    [InlineData("255.255.255.255:40000")]
    [InlineData("20.0.0.1:53")]
    [InlineData("[::1]:40000")]
    [InlineData("[fe80::1]:40000")]
    [InlineData("[fd00::1]:40000")]
    [InlineData("[ff02::fb]:40000")]
    [InlineData("[2002:7f00:1::1]:40000")]
    [InlineData("[64:ff9b::7f00:1]:40000")]
    public void Judge_NotTheOpenInternet_IsForbidden(string address) => Assert.Equal(Verdict.Forbidden, Make().Judge(Request, Parse(address), _now));

    [Theory]
    [InlineData("20.0.0.1:40000")]
    [InlineData("[2a01:4f8::1]:40000")]
    public void Judge_TheOpenInternet_Passes(string address) => Assert.Equal(Verdict.Pass, Make().Judge(Request, Parse(address), _now));

    [Theory]
    [InlineData("127.0.0.1:40000", Verdict.Pass)]
    [InlineData("[fd00::1]:40000", Verdict.Pass)]
    [InlineData("255.255.255.255:40000", Verdict.Forbidden)]
    public void Judge_PrivateAllowed_PassesToSingleHosts(string address, object verdict) =>
        Assert.Equal(verdict, new EgressGuard(new EgressLimits { AllowPrivate = true }, _now).Judge(Request, Parse(address), _now));

    [Theory]
    [InlineData("17000000", "NTP")]
    [InlineData("FF0100", "a UDX header cut short")]
    [InlineData("01", "another byte than a knock")]
    [InlineData("12340100000100000000000003777777", "DNS")]
    public void Judge_NotOurs_IsForeign(string hex, string what)
    {
        Assert.Equal(Verdict.Foreign, Make().Judge(Convert.FromHexString(hex), Peer, _now));
        Assert.NotEmpty(what);
    }

    [Fact]
    public void Judge_SilentDestination_GetsAFirstFlightAndATrickle()
    {
        var guard = Make();
        Assert.Equal(13, CountPassing(guard, Packet, 100));
        Pass(TimeSpan.FromSeconds(12));
        Assert.Equal(10, CountPassing(guard, Packet, 100));
    }

    [Fact]
    public void Judge_DestinationThatAnswers_GetsAll()
    {
        var guard = Make();
        Assert.Equal(13, CountPassing(guard, Packet, 100));
        guard.HandleHeard(Peer, _now);
        Assert.Equal(1000, CountPassing(guard, Packet, 1000));
        Pass(TimeSpan.FromSeconds(31));
        Assert.True(CountPassing(guard, Packet, 1000) <= 13);
    }

    [Fact]
    public void Judge_ManyDestinations_AreBoundedInBurstAndRate()
    {
        var guard = Make();
        var next = 0;
        Assert.Equal(512, CountNew(guard, 5000, ref next));
        Pass(TimeSpan.FromSeconds(2));
        Assert.Equal(128, CountNew(guard, 5000, ref next));
    }

    [Fact]
    public void Judge_OverTheRate_IsDropped()
    {
        var guard = new EgressGuard(new EgressLimits { BytesPerSecond = 1_200_000 }, _now);
        guard.HandleHeard(Peer, _now);
        Assert.InRange(CountPassing(guard, Packet, 10_000), 240, 260);
        Pass(TimeSpan.FromMilliseconds(100));
        Assert.InRange(CountPassing(guard, Packet, 10_000), 95, 105);
    }

    [Fact]
    public void HandleHeard_FloodOfStrangers_LeavesRoomForTheClient()
    {
        var guard = Make();
        for (var i = 0; i < 100_000; i++) guard.HandleHeard(UdpAddress.FromIPv4(0x20000000u + (uint)i, 5000), _now);
        Assert.Equal(EgressGuard.DestinationsMax / 2, guard.Count);
        Assert.Equal(Verdict.Pass, guard.Judge(Request, Peer, _now));
    }

    [Fact]
    public void Judge_ADay_RemembersBoundedlyAndGoesOn()
    {
        var guard = Make();
        var next = 0;
        for (var second = 0; second < 3600; second++)
        {
            Assert.True(CountNew(guard, 50, ref next) is 50 or 0);
            Pass(TimeSpan.FromSeconds(1));
            Assert.InRange(guard.Count, 0, EgressGuard.DestinationsMax);
        }

        Pass(TimeSpan.FromMinutes(2));
        Assert.Equal(50, CountNew(guard, 50, ref next));
    }

    private static UdpAddress Parse(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);

    private EgressGuard Make() => new(new EgressLimits(), _now);

    private void Pass(TimeSpan time) => _now += time;

    private int CountPassing(EgressGuard guard, byte[] datagram, int count) => Enumerable.Range(0, count).Count(_ => guard.Judge(datagram, Peer, _now) == Verdict.Pass);

    private int CountNew(EgressGuard guard, int count, ref int next)
    {
        var passed = 0;
        for (var i = 0; i < count; i++) passed += guard.Judge(Request, UdpAddress.FromIPv4(0x20000000u + (uint)next++, 5000), _now) == Verdict.Pass ? 1 : 0;
        return passed;
    }
}
