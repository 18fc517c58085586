namespace Nashi.Chat.State;

/// <summary>A sender's clock: milliseconds of its wall clock, and a counter for ops in the same one. Never runs backwards.</summary>
internal readonly record struct HybridTime(ulong Milliseconds, uint Counter) : IComparable<HybridTime>
{
    public DateTimeOffset Time => DateTimeOffset.FromUnixTimeMilliseconds((long)Math.Min(Milliseconds, (ulong)DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>The next after this, at a wall clock's time.</summary>
    public HybridTime Next(DateTimeOffset now)
    {
        var wall = (ulong)Math.Max(0, now.ToUnixTimeMilliseconds());
        return wall > Milliseconds ? new(wall, 0) : Counter == uint.MaxValue ? new(Milliseconds + 1, 0) : new(Milliseconds, Counter + 1);
    }

    public int CompareTo(HybridTime other) => Milliseconds != other.Milliseconds ? Milliseconds.CompareTo(other.Milliseconds) : Counter.CompareTo(other.Counter);

    public static bool operator <(HybridTime left, HybridTime right) => left.CompareTo(right) < 0;

    public static bool operator >(HybridTime left, HybridTime right) => left.CompareTo(right) > 0;

    public static bool operator <=(HybridTime left, HybridTime right) => left.CompareTo(right) <= 0;

    public static bool operator >=(HybridTime left, HybridTime right) => left.CompareTo(right) >= 0;
}
