using Nashi.Simulation.Nodes;
using Nashi.Simulation.Runs;

namespace Nashi.Simulation.Tests;

/// <summary>A part of the long runs that fits beside the other tests. Another seed: <c>tests/Simulation/run network --seed N</c>.</summary>
public sealed class NetworkTests
{
    [Fact]
    public void Network_OfAThousandThatChurns_FindsWhatWasAnnounced()
    {
        var run = new NetworkRun(new WorldOptions { Nodes = 1000, Seed = 7 }, TimeSpan.FromMinutes(4), topics: 60, searchesPerSecond: 6).Run();
        Assert.True(run.Searches.Count > 800, $"seed 7: only {run.Searches.Count} look-ups");
        Assert.True(run.Found >= 0.999, $"seed 7: found {run.Found:P2}");
        Assert.InRange(run.Hops, 1, 4);
        Assert.True(run.World.Net.Sent < 1000 * 150 * run.World.Net.Now.Milliseconds / 60_000, $"seed 7: {run.World.Net.Sent} datagrams in {run.World.Net.Now}");
    }

    [Fact]
    public void Network_OfTheSameSeed_LivesTheSameLife()
    {
        Assert.Equal(Trace(3), Trace(3));
        Assert.NotEqual(Trace(3), Trace(4));
    }

    private static ulong Trace(ulong seed) =>
        new NetworkRun(new WorldOptions { Nodes = 60, Seed = seed, ChurnPerHour = 6 }, TimeSpan.FromMinutes(3), topics: 5, searchesPerSecond: 1).Run().World.Net.Trace;
}
