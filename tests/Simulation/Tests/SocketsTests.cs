using Nashi.Simulation.Runs;

namespace Nashi.Simulation.Tests;

/// <summary>Real sockets, in small; a thousand nodes: <c>tests/Simulation/run sockets</c>.</summary>
public sealed class SocketsTests
{
    [Fact]
    public async Task Nodes_AHundredInOneProcess_FindWhatWasAnnouncedWithFewThreads()
    {
        const ulong Seed = 5;
        var run = await new SocketsRun(100, topics: 30, searches: 200, parallel: 8, Seed).RunAsync(TestContext.Current.CancellationToken);
        Assert.True(run.Found == run.Searches, $"seed {Seed}: found {run.Found} of {run.Searches}");
        Assert.True(run.Threads < 50, $"{run.Threads} threads for a hundred nodes");
        Assert.True(run.BytesPerNode.Managed < 300 << 10, $"{run.BytesPerNode.Managed} bytes for each node");
        Assert.True((double)run.Searching.Requests / run.Searches < 120, $"seed {Seed}: {run.Searching.Requests} requests");
    }
}
