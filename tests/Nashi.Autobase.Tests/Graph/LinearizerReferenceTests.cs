using System.Globalization;
using Nashi.TestKit;

namespace Nashi.Autobase.Tests.Graph;

/// <summary>The same graphs, fed to the reference's linearizer and to ours, give the same order at every step.</summary>
/// <remarks>NASHI_RUNS says how many seeds (100), NASHI_SEED which one alone.</remarks>
public sealed class LinearizerReferenceTests
{
    private static readonly int s_runs = int.Parse(Environment.GetEnvironmentVariable("NASHI_RUNS") ?? "100", CultureInfo.InvariantCulture);

    [Fact]
    public async Task Linearizer_RandomHistories_OrderEqualsReference()
    {
        await using var peer = JsPeer.Start("autobase-linearizer.cjs");
        foreach (var seed in Seeds())
        {
            var history = new GraphHistory(seed);
            var arrivals = history.Arrivals(seed + 1);
            var often = 1 + (int)(seed % 7);
            bool IsUpdate(int place) => arrivals[place].Batch == 1 && (place % often == 0 || place == arrivals.Count - 1);
            await peer.SendAsync(history.ToJson(arrivals, IsUpdate));

            var ours = Run(history, arrivals, IsUpdate);
            var ran = await peer.NextAsync("ran");
            var theirs = ran.GetProperty("lines").EnumerateArray().Select(line => line.GetString()!).ToList();
            AssertEqual(seed, theirs, ours);
        }
    }

    private static List<string> Run(GraphHistory history, List<GraphStep> arrivals, Func<int, bool> isUpdate)
    {
        var replica = new GraphReplica(history);
        var lines = new List<string>();
        for (var place = 0; place < arrivals.Count; place++)
        {
            replica.Take(arrivals[place]);
            if (isUpdate(place)) lines.Add(replica.Update());
        }

        return lines;
    }

    private static void AssertEqual(ulong seed, List<string> theirs, List<string> ours)
    {
        for (var i = 0; i < Math.Min(theirs.Count, ours.Count); i++) Assert.True(theirs[i] == ours[i], $"seed {seed}, update {i}:\n{theirs[i]}\n{ours[i]}");
        Assert.Equal(theirs.Count, ours.Count);
    }

    private static IEnumerable<ulong> Seeds() =>
        Environment.GetEnvironmentVariable("NASHI_SEED") is { Length: > 0 } one
            ? [ulong.Parse(one, CultureInfo.InvariantCulture)]
            : Enumerable.Range(0, s_runs).Select(seed => (ulong)seed);
}
