using System.Globalization;

namespace Nashi.Abuse.Flooding;

/// <summary>What a flood did.</summary>
internal sealed record FloodReport
{
    private const double MiB = 1024 * 1024;
    private const double MaxLoss = 0.05;
    private const double MaxGrowthMiB = 32;
    private const double MaxAmplification = 3;

    public required long Sent { get; init; }

    public required long Refused { get; init; }

    public required TimeSpan Time { get; init; }

    public required IReadOnlyList<(string Name, long Count)> Kinds { get; init; }

    public required VictimState Before { get; init; }

    /// <summary>The victim when it held most memory.</summary>
    public required VictimState Fattest { get; init; }

    public required VictimState After { get; init; }

    public required VictimState Rested { get; init; }

    public required int Pings { get; init; }

    public required int Pongs { get; init; }

    public required double PingMedian { get; init; }

    public required double PingP99 { get; init; }

    public required IReadOnlyList<double> Connects { get; init; }

    public required int FailedConnects { get; init; }

    public required bool IsServing { get; init; }

    public required double Amplification { get; init; }

    public double Loss => Pings == 0 ? 1 : 1 - ((double)Pongs / Pings);

    private double Growth => (Fattest.ResidentBytes - Before.ResidentBytes) / MiB;

    private double Left => (Rested.ResidentBytes - Before.ResidentBytes) / MiB;

    /// <summary>Goals S2 and S3 of the threat model.</summary>
    public bool IsWithstood => IsServing && Rested.Faults == 0 && Loss <= MaxLoss && Growth <= MaxGrowthMiB && Amplification <= MaxAmplification;

    public void Print(TextWriter to)
    {
        foreach (var (name, count) in Kinds) Line(to, $"  {count,9} {name}");
        Line(to, $"sent              {Sent} in {Time.TotalSeconds:F0} s: {Sent / Time.TotalSeconds:F0} a second, {Refused} not taken by our own system");
        Line(to, $"victim            {After.Received - Before.Received} read, {After.Malformed - Before.Malformed} malformed, {After.Withheld} answers withheld, {After.Records} records; {After.Dropped - Before.Dropped} dropped by the system");
        Line(to, $"cpu               {After.CpuSeconds - Before.CpuSeconds:F1} s");
        Line(to, $"memory            {Before.ResidentBytes / MiB:F1} MiB before, {Growth:+0.0;-0.0} at most, {Left:+0.0;-0.0} after a rest (heap {Rested.HeapBytes / MiB:F1} MiB)");
        Line(to, $"at the most       heap {Fattest.HeapBytes / MiB:F1} of {Fattest.CommittedBytes / MiB:F1} MiB, {Fattest.Streams} streams, {Fattest.Threads} threads, collections {Fattest.Collections} (before {Before.Collections})");
        Line(to, $"honest pings      {Pongs} of {Pings} answered ({Loss:P2} lost), median {PingMedian:F2} ms, p99 {PingP99:F2} ms");
        Line(to, $"honest connects   {Connects.Count} came about, {FailedConnects} did not; median {Median(Connects):F1} ms, at most {(Connects.Count == 0 ? 0 : Connects.Max()):F1} ms");
        Line(to, $"amplification     {Amplification:F2} times, headers counted");
        Line(to, $"faults            {Rested.Faults}");
        Line(to, $"serves afterwards {(IsServing ? "yes" : "no")}");
        Line(to, $"{(IsWithstood ? "withstood" : "NOT WITHSTOOD")}");
    }

    private static double Median(IReadOnlyList<double> values) => values.Count == 0 ? double.NaN : values.Order().ElementAt(values.Count / 2);

    private static void Line(TextWriter to, FormattableString text) => to.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
