using System.Globalization;

namespace Nashi;

/// <summary>A moment on a monotonic clock, in whole microseconds since an arbitrary start.</summary>
/// <remarks>
/// Protocol cores are fed with instants and never read a clock themselves (ARCHITECTURE.md, rule 1). Two instants are only comparable when they
/// come from the same clock. Thread-safe: immutable.
/// </remarks>
/// <param name="Microseconds">Microseconds since the clock's start; never negative in practice.</param>
public readonly record struct Instant(long Microseconds) : IComparable<Instant>
{
    /// <summary>The clock's start.</summary>
    public static readonly Instant Zero;

    /// <summary>Later than every real instant: "no deadline".</summary>
    public static readonly Instant Never = new(long.MaxValue);

    /// <summary>Whole milliseconds since the clock's start, rounded down.</summary>
    public long Milliseconds => Microseconds / 1000;

    /// <summary>Makes an instant from whole milliseconds.</summary>
    public static Instant FromMilliseconds(long milliseconds) => new(milliseconds * 1000);

    /// <summary>The present moment of <paramref name="clock"/>. For shells only; cores are given their instants.</summary>
    public static Instant Now(TimeProvider clock)
    {
        ArgumentNullException.ThrowIfNull(clock);
        var ticks = clock.GetTimestamp();
        var frequency = clock.TimestampFrequency;
        return new(((ticks / frequency) * 1_000_000) + (ticks % frequency * 1_000_000 / frequency));
    }

    /// <summary>The earlier of two instants.</summary>
    public static Instant Min(Instant a, Instant b) => a <= b ? a : b;

    /// <summary>The later of two instants.</summary>
    public static Instant Max(Instant a, Instant b) => a >= b ? a : b;

    /// <inheritdoc />
    public int CompareTo(Instant other) => Microseconds.CompareTo(other.Microseconds);

    /// <inheritdoc />
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Microseconds / 1000.0:0.###} ms");

    /// <summary>The instant <paramref name="span"/> later; saturates at <see cref="Never"/>.</summary>
    public static Instant operator +(Instant instant, TimeSpan span)
    {
        var micros = span.Ticks / TimeSpan.TicksPerMicrosecond;
        return micros > 0 && instant.Microseconds > long.MaxValue - micros ? Never : new(instant.Microseconds + micros);
    }

    /// <summary>The instant <paramref name="span"/> earlier.</summary>
    public static Instant operator -(Instant instant, TimeSpan span) => new(instant.Microseconds - (span.Ticks / TimeSpan.TicksPerMicrosecond));

    /// <summary>The time from <paramref name="earlier"/> to <paramref name="later"/>.</summary>
    public static TimeSpan operator -(Instant later, Instant earlier) =>
        new((later.Microseconds - earlier.Microseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>Whether one instant is before another.</summary>
    public static bool operator <(Instant a, Instant b) => a.Microseconds < b.Microseconds;

    /// <summary>Whether one instant is after another.</summary>
    public static bool operator >(Instant a, Instant b) => a.Microseconds > b.Microseconds;

    /// <summary>Whether one instant is not after another.</summary>
    public static bool operator <=(Instant a, Instant b) => a.Microseconds <= b.Microseconds;

    /// <summary>Whether one instant is not before another.</summary>
    public static bool operator >=(Instant a, Instant b) => a.Microseconds >= b.Microseconds;
}
