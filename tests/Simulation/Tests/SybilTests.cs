using Nashi.Simulation.Nodes;
using Nashi.Simulation.Runs;

namespace Nashi.Simulation.Tests;

/// <summary>threats.md §3 row 8, §4 S9, in small; the whole table: <c>tests/Simulation/run sybil</c>.</summary>
public sealed class SybilTests
{
    [Fact]
    public void Row08_TwentyNearestSybils_DoNotHideAnAnnouncement()
    {
        var run = new SybilRun(new WorldOptions { Nodes = 500, Seed = 11, Nat = 0 }, trials: 5, searches: 4);
        run.Grow(TimeSpan.FromMinutes(6));
        var plan = SybilRun.Plans.Single(plan => plan.Name == "20 nearest, any address");
        var ours = run.Play(plan);
        Assert.True(ours is { Topics.Share: >= 0.99, Servers.Share: >= 0.99 }, $"seed 11: {ours}");
        Assert.True(ours.Topics.AnnounceRequests / ours.Topics.Announces < 500, $"seed 11: {ours}");
        Assert.True(run.Play(plan, announcerWidens: false, searcherWidens: false).Topics.Share < 0.9, "The attack works no more even on those who do not look around: it tests nothing.");
        var calm = run.Play(SybilRun.Plans[0]);
        Assert.Equal((1, 1), (calm.Topics.Share, calm.Servers.Share));
    }
}
