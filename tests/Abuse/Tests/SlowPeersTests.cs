using Nashi.Abuse.SlowPeers;

namespace Nashi.Abuse.Tests;

/// <summary>threats.md goal S4, in small; the whole: <c>tests/Abuse/run slow</c>.</summary>
public sealed class SlowPeersTests
{
    [Fact]
    public async Task Row14_AScoreOfSlowPeers_SeederServesAnHonestOneAmongThem()
    {
        var options = new SlowOptions { Peers = 20, Blocks = 100, BlockSize = 16_384, Stay = TimeSpan.Zero };
        var report = await new SlowRun(options, TextWriter.Null).RunAsync();
        Assert.True(report.IsAlive);
        Assert.Equal(0, report.After.Unexpected);
        Assert.True(report.After.Connections >= 1, report.ToString());
    }
}
