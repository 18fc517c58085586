using System.Globalization;

namespace Nashi.Abuse.SlowPeers;

/// <summary>What a crowd of slow peers did.</summary>
internal sealed record SlowReport
{
    private const double MiB = 1024 * 1024;
    private const double MaxGrowthMiB = 128;

    public required int Peers { get; init; }

    public required SeederState Before { get; init; }

    /// <summary>The seeder when it held most memory.</summary>
    public required SeederState Fattest { get; init; }

    public required SeederState After { get; init; }

    /// <summary>Slow peers that were not thrown out.</summary>
    public required int Stayed { get; init; }

    /// <summary>Those that may stay: who reads nothing is waited for, at a bounded cost.</summary>
    public required int ExpectedAfter { get; init; }

    public required bool IsAlive { get; init; }

    /// <summary>What an honest download of everything took before, among and after them.</summary>
    public required TimeSpan Alone { get; init; }

    public required TimeSpan Crowded { get; init; }

    public required TimeSpan Afterwards { get; init; }

    private double Growth => (Fattest.ResidentBytes - Before.ResidentBytes) / MiB;

    /// <summary>Goal S4 of the threat model: 500 slow peers at once add 128 MiB at most, and what is half-open or dripped is cut.</summary>
    public bool IsWithstood => IsAlive && After.Unexpected == 0 && Growth <= MaxGrowthMiB && Stayed <= ExpectedAfter;

    public void Print(TextWriter to)
    {
        Line(to, $"slow peers        {Peers}; {Stayed} not cut in the end, {ExpectedAfter} at most may be: those that read nothing");
        Line(to, $"memory            {Before.ResidentBytes / MiB:F1} MiB before, {Growth:+0.0;-0.0} at most (heap {Fattest.HeapBytes / MiB:F1} MiB then)");
        Line(to, $"honest download   {Alone.TotalSeconds:F2} s before, {Crowded.TotalSeconds:F2} s among them, {Afterwards.TotalSeconds:F2} s when they were cut");
        Line(to, $"faults            {After.Unexpected}");
        Line(to, $"{(IsWithstood ? "withstood" : "NOT WITHSTOOD")}");
    }

    private static void Line(TextWriter to, FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
