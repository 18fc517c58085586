using Nashi.Abuse.Flooding;

namespace Nashi.Abuse.Tests;

/// <summary>threats.md row 1, in small; the whole: <c>tests/Abuse/run flood</c>.</summary>
public sealed class FloodTests
{
    [Fact]
    public async Task Row01_AHundredThousandHostileDatagrams_NodeServesOnAndFaultsNowhere()
    {
        var options = new FloodOptions { Network = new HostNetwork("127.0.0.0"), Count = 100_000, Rate = 20_000, Sources = 50, Rest = TimeSpan.Zero };
        var report = await new FloodRun(options, TextWriter.Null).RunAsync();
        Assert.True(report.IsServing);
        Assert.Equal(0, report.Rested.Faults);
        Assert.True(report.Sent > 0 && report.After.Malformed > 0 && report.After.Received > 0, report.ToString());
    }
}
