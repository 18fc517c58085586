using System.Globalization;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>Fifty writers, partitions and crashes: no two places ever disagree on what is final, and nothing is lost.</summary>
/// <remarks>NASHI_OPERATIONS says how many values are appended (1 000; a long run: 1 000 000), NASHI_SEED from which seed.</remarks>
public sealed class CrowdTests(ITestOutputHelper output)
{
    [Fact]
    public void Linearizer_OfACrowd_NeverContradictsItselfAndLosesNothing()
    {
        var values = int.Parse(Environment.GetEnvironmentVariable("NASHI_OPERATIONS") ?? "1000", CultureInfo.InvariantCulture);
        var seed = ulong.Parse(Environment.GetEnvironmentVariable("NASHI_SEED") is { Length: > 0 } one ? one : "1", CultureInfo.InvariantCulture);
        var crowd = new Crowd(seed, writers: 50, indexers: 7);
        crowd.Play(values);
        var ends = crowd.Settle();
        var nodes = crowd.Logs.Sum(log => log.Count);
        output.WriteLine($"seed {seed}: {values} values, {nodes} nodes, {crowd.Final} final, {crowd.Crashes} crashes");
        Assert.Single(ends.Select(end => end[(end.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split(' ')[0]).Distinct());
        Assert.Equal(nodes, int.Parse(ends[0].Split(' ')[1], CultureInfo.InvariantCulture));
        Assert.True(ends.Distinct().Count() == 1, $"seed {seed}: places ended differently");
        Assert.Equal(values, crowd.Logs.Sum(log => log.Count(message => message.Value is not null)));
    }
}
