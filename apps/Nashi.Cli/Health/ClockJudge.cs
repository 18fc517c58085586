using System.Globalization;

namespace Nashi.Cli.Health;

/// <summary>Judges a machine's clock by what the machine itself knows. Pure.</summary>
internal static class ClockJudge
{
    // No version of this program is older: a clock that lost its battery starts in 1970, 2000 or thereabouts.
    private static readonly DateTimeOffset Floor = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    // Other file systems round, and other machines that share one differ a little.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMinutes(2);

    private static readonly TimeSpan JumpMin = TimeSpan.FromSeconds(2);

    /// <summary>Judges.</summary>
    public static ClockVerdict Judge(ClockFacts facts)
    {
        if (facts.Now < Floor) return Wrong($"it shows {Show(facts.Now)}, when this program did not exist yet.");
        if (facts.Newest is { } newest && newest - facts.Now > Tolerance)
        {
            return Wrong($"it shows {Show(facts.Now)}, but {facts.NewestName} was written at {Show(newest)}. Either it is slow now, or it was fast then.");
        }

        if (facts.Jumped.Duration() >= JumpMin)
        {
            return Wrong($"it was set {(facts.Jumped < TimeSpan.Zero ? "back" : "forward")} by {facts.Jumped.Duration().TotalSeconds:0} s while we watched. It may be right from now on.");
        }

        return facts.MaxError is { } error
            ? new(ClockState.Kept, $"Clock: right. The system's time service keeps it, to within {Math.Max(1, error.TotalMilliseconds):0} ms.")
            : new(ClockState.Unknown, $"Clock: shows {Show(facts.Now)}. Nothing here contradicts that, but no time service is known to keep it, and peers cannot tell us the time: see for yourself.");
    }

    private static ClockVerdict Wrong(string why) => new(
        ClockState.Wrong, $"Clock: WRONG: {why} Connections work all the same; what is stamped with the time will be wrong. Turn on the system's time service.");

    private static string Show(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
