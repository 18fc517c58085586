namespace Nashi.Abstractions.Tests;

public sealed class RandomTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(1001)]
    public void SeededRandom_SameSeed_SameBytes(int size)
    {
        var (one, two, other) = (new byte[size], new byte[size], new byte[size]);
        new SeededRandom(42).Fill(one);
        new SeededRandom(42).Fill(two);
        new SeededRandom(43).Fill(other);
        Assert.Equal(one, two);
        if (size >= 7) Assert.NotEqual(one, other);
    }

    [Fact]
    public void SeededRandom_KnownSeed_GivesTheSameNumbersForEver()
    {
        // SplitMix64 from seed 0: what its authors' program prints.
        var random = new SeededRandom(0);
        Assert.Equal(0xE220A8397B1DCDAFUL, random.NextUInt64());
        Assert.Equal(0x6E789E6AA1B965F4UL, random.NextUInt64());
        Assert.Equal(0x06C45D188009454FUL, random.NextUInt64());
    }

    [Fact]
    public void Next_StaysBelowItsBound()
    {
        IRandom random = new SeededRandom(1);
        var seen = new bool[10];
        for (var i = 0; i < 1000; i++)
        {
            seen[random.Next(10)] = true;
            Assert.InRange(random.NextDouble(), 0, 0.9999999999999999);
        }

        Assert.DoesNotContain(false, seen);
        Assert.Throws<ArgumentOutOfRangeException>(() => random.Next(0));
    }

    [Fact]
    public void SystemRandom_DoesNotRepeat()
    {
        var (one, two) = (new byte[32], new byte[32]);
        SystemRandom.Instance.Fill(one);
        SystemRandom.Instance.Fill(two);
        Assert.NotEqual(one, two);
    }
}
