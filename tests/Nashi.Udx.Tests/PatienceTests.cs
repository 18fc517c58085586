using Nashi.Udx.Protocol;

namespace Nashi.Udx.Tests;

/// <summary>Silence: borne by time, ended at once when the path is back.</summary>
public sealed class PatienceTests
{
    [Theory]
    [InlineData(3)]
    [InlineData(15)]
    [InlineData(25)]
    public void BlackOut_ShorterThanThePatience_IsSurvivedAndOverWithinASecond(int seconds)
    {
        var rig = Connected();
        rig.Core.Write(new byte[100]);
        Assert.Single(rig.Drain());
        _ = rig.Elapse(TimeSpan.FromSeconds(seconds));
        Assert.Null(rig.Core.CloseReason);
        Assert.InRange(rig.Core.SilentFor(new Instant(rig.Now)).TotalSeconds, seconds - 0.01, seconds + 0.01);
        var repeats = rig.Elapse(TimeSpan.FromSeconds(1));
        Assert.NotEmpty(repeats);
        rig.Give(CoreRig.Packet(PacketTypes.None, 0, 2));
        Assert.Equal(TimeSpan.Zero, rig.Core.SilentFor(new Instant(rig.Now)));
        Assert.True(rig.Core.IsFlushed);
    }

    [Fact]
    public void Silence_LongerThanThePatience_EndsTheStream()
    {
        var rig = Connected();
        rig.Core.Write(new byte[100]);
        Assert.Single(rig.Drain());
        _ = rig.Elapse(TimeSpan.FromSeconds(29.9));
        Assert.Null(rig.Core.CloseReason);
        _ = rig.Elapse(TimeSpan.FromSeconds(0.2));
        Assert.Equal(UdxCloseKind.TimedOut, rig.Core.CloseReason!.Kind);
    }

    [Fact]
    public void Sleep_OfThisMachine_DoesNotCountAndEndsWithARepeat()
    {
        var rig = Connected();
        rig.Core.Write(new byte[100]);
        Assert.Single(rig.Drain());
        rig.Now += 60_000_000;
        rig.Core.HandleTimeout(new Instant(rig.Now));
        Assert.Null(rig.Core.CloseReason);
        Assert.NotEmpty(rig.Drain());
    }

    [Fact]
    public void Probe_OfAnIdleStream_IsOneHeartbeat()
    {
        var rig = Connected();
        rig.Core.Probe(new Instant(rig.Now));
        Assert.Equal(PacketTypes.Heartbeat, CoreRig.Read(Assert.Single(rig.Drain())).Types);
    }

    [Fact]
    public void Probe_WithDataUnderWay_RepeatsIt()
    {
        var rig = Connected();
        rig.Core.Write(new byte[100]);
        Assert.Single(rig.Drain());
        rig.Now += 200_000;
        rig.Core.Probe(new Instant(rig.Now));
        Assert.Equal(1u, CoreRig.Read(Assert.Single(rig.Drain())).Sequence);
    }

    private static CoreRig Connected()
    {
        var rig = new CoreRig();
        rig.Core.Write(new byte[100]);
        Assert.Single(rig.Drain());
        rig.Now += 20_000;
        rig.Give(CoreRig.Packet(PacketTypes.None, 0, 1));
        return rig;
    }
}
