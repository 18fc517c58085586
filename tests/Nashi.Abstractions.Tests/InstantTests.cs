namespace Nashi.Abstractions.Tests;

public sealed class InstantTests
{
    [Fact]
    public void Add_BeyondTheEnd_IsNever()
    {
        Assert.Equal(Instant.Never, new Instant(long.MaxValue - 5) + TimeSpan.FromMilliseconds(1));
        Assert.Equal(Instant.Never, Instant.Never + TimeSpan.FromDays(1));
    }

    [Fact]
    public void Difference_AndSum_AreInverse()
    {
        var start = Instant.FromMilliseconds(1500);
        var later = start + TimeSpan.FromMicroseconds(250);
        Assert.Equal(TimeSpan.FromMicroseconds(250), later - start);
        Assert.Equal(start, later - TimeSpan.FromMicroseconds(250));
        Assert.Equal(1500, later.Milliseconds);
        Assert.True(start < later && later > start && start <= later && later >= start);
    }

    [Fact]
    public void Now_FollowsTheClock()
    {
        var clock = new TickingClock { Frequency = 3, Ticks = 7 };
        Assert.Equal(2_333_333, Instant.Now(clock).Microseconds);
        clock.Ticks += 3;
        Assert.Equal(3_333_333, Instant.Now(clock).Microseconds);
    }

    [Fact]
    public void MinAndMax_Choose()
    {
        Assert.Equal(Instant.Zero, Instant.Min(Instant.Zero, Instant.Never));
        Assert.Equal(Instant.Never, Instant.Max(Instant.Zero, Instant.Never));
    }

    private sealed class TickingClock : TimeProvider
    {
        public long Ticks { get; set; }

        public long Frequency { get; init; }

        public override long TimestampFrequency => Frequency;

        public override long GetTimestamp() => Ticks;
    }
}
