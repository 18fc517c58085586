using Nashi.Dht.Life;

namespace Nashi.Dht.Tests.Life;

public sealed class SleepDetectorTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(1, 1, false)]
    [InlineData(3, 3, false)]
    [InlineData(20, 20, true)] // A stopped process: both clocks ran on.
    [InlineData(1, 20, true)] // A sleeping machine: only the wall clock did.
    [InlineData(1, -3600, false)] // The wall clock was set back.
    public void HasSlept_TellsSleepFromWaking(double monotonic, double wall, bool expected)
    {
        var detector = new SleepDetector(TimeSpan.FromSeconds(4));
        Assert.False(detector.HasSlept(Instant.Zero, Start));
        Assert.Equal(expected, detector.HasSlept(Instant.Zero + TimeSpan.FromSeconds(monotonic), Start.AddSeconds(wall)));
    }
}
