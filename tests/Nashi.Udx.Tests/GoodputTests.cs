namespace Nashi.Udx.Tests;

/// <summary>What a stream delivers over hostile paths within a given virtual time: at least so much, with a queue no longer than so much.</summary>
public sealed class GoodputTests
{
    private const double Seconds = 8;

    [Theory]
    [InlineData(100, 0.00, 255)]
    [InlineData(100, 0.05, 161)]
    [InlineData(100, 0.10, 120)]
    [InlineData(300, 0.00, 67)]
    [InlineData(300, 0.01, 60)]
    [InlineData(300, 0.05, 40)]
    [InlineData(300, 0.10, 24.2)]
    public void Stream_LossBothWays_Delivers(int rtt, double loss, double megabits) => Check(new() { Delay = rtt / 2.0, Loss = loss }, megabits);

    [Fact]
    public void Stream_JitterThatReorders_Delivers() => Check(new() { Delay = 30, Jitter = 20, Megabits = 100 }, 70);

    [Fact]
    public void Stream_HeldPackets_Delivers() => Check(new() { Delay = 20, Held = (0.05, 20), Megabits = 100 }, 75);

    [Fact]
    public void Stream_BurstsOfLoss_Delivers() => Check(new() { Delay = 20, Bursts = (0.005, 0.3), Megabits = 100 }, 75);

    [Fact]
    public void Stream_LostAcknowledgements_Delivers() => Check(new() { Delay = 20, BackLoss = 0.3, Megabits = 100 }, 80);

    [Fact]
    public void Stream_EverythingBad_Delivers() =>
        Check(new() { Delay = 100, Jitter = 40, Loss = 0.035, Duplicate = 0.02, Held = (0.05, 60), Megabits = 20, Queue = 262_144 }, 11);

    [Fact]
    public void Stream_PathMtu1280_Delivers() => Check(new() { Delay = 10, Mtu = 1280, Megabits = 100 }, 80);

    [Theory]
    [InlineData(100, 40, 262_144)]
    [InlineData(100, 40, 4 << 20)]
    [InlineData(10, 40, 65_536)]
    [InlineData(1, 100, 32_768)]
    public void Stream_RateLimit_FillsItWithoutAStandingQueue(double megabits, double rtt, int queue)
    {
        var path = Check(new() { Delay = rtt / 2, Megabits = megabits, Queue = queue }, 0.9 * megabits);
        Assert.True(path.AverageWait <= Math.Max(rtt, 40), $"packets waited {path.AverageWait:F0} ms on average");
    }

    [Fact]
    public void Stream_BlackOut3Seconds_FillsThePathAgainAtOnce() => Check(new() { Delay = 20, Megabits = 50, Queue = 262_144, BlackOut = (2, 5) }, 27.5);

    [Fact]
    public void Stream_BlackOut15Seconds_Survives()
    {
        var path = new VirtualPath(new() { Delay = 20, Megabits = 50, Queue = 262_144, BlackOut = (2, 17) }, seed: 1);
        path.RunUntil(18);
        var before = path.Received[0];
        path.RunUntil(22);
        var megabits = (path.Received[0] - before) * 8 / 4e6;
        Assert.True(megabits >= 40, $"{megabits:F1} Mbit/s after it; {path.StatsOf(0)}");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public void TwoStreams_OneBottleneck_ShareIt(double stagger)
    {
        var path = new VirtualPath(new() { Delay = 20, Megabits = 50, Queue = 500_000 }, seed: 1, flows: 2);
        path.RunUntil(10, stagger);
        var before = path.Received.ToArray();
        path.RunUntil(50, stagger);
        var got = path.Received.Zip(before, (after, earlier) => (double)(after - earlier)).ToArray();
        var jain = Math.Pow(got.Sum(), 2) / (2 * got.Sum(x => x * x));
        Assert.True(jain >= 0.9, $"Jain {jain:F3}: {string.Join(", ", got)}");
        Assert.True(path.AverageWait <= 60, $"packets waited {path.AverageWait:F0} ms on average");
    }

    private static VirtualPath Check(PathModel model, double megabits)
    {
        var path = new VirtualPath(model, seed: 1);
        path.RunUntil(Seconds);
        Assert.True(path.Megabits(Seconds) >= megabits, $"{path.Megabits(Seconds):F1} of {megabits} Mbit/s in {Seconds} virtual seconds, seed 1; {path.StatsOf(0)}");
        return path;
    }
}
