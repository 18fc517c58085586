using Nashi.Cli.Health;
using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>What went wrong is remembered across runs.</summary>
public sealed class FailureLogTests
{
    [Fact]
    public void Add_MoreThanAreKept_TheOldestGo()
    {
        using var folder = new TempFolder();
        var log = FailureLog.In(folder["store"]);
        for (var i = 0; i < FailureLog.Max + 3; i++) log.Add(Failure($"no. {i}\nwith \"quotes\""));
        var all = log.Read();
        Assert.Equal(FailureLog.Max, all.Count);
        Assert.Equal(Failure($"no. {FailureLog.Max + 2}\nwith \"quotes\""), all[^1]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"at\":1}")]
    [InlineData("{\"at\":\"never\",\"command\":\"c\",\"code\":\"c\",\"message\":\"m\"}")]
    public void Read_DamagedLine_IsPassedOver(string line)
    {
        using var folder = new TempFolder();
        var log = FailureLog.In(folder["store"]);
        log.Add(Failure("kept"));
        File.AppendAllText(Path.Combine(folder["store"], "network", "failures.jsonl"), line + "\n");
        Assert.Equal("kept", Assert.Single(log.Read()).Message);
    }

    private static PastFailure Failure(string message) => new(new DateTimeOffset(2026, 11, 25, 12, 0, 0, TimeSpan.Zero), "connect", "PEER_NOT_FOUND", message);
}
