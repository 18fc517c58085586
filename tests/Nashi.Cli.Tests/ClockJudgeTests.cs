using Nashi.Cli.Health;

namespace Nashi.Cli.Tests;

/// <summary>What is said of a machine's clock.</summary>
public sealed class ClockJudgeTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 25, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Judge_NothingContradicts_IsUnknownOrKept()
    {
        var facts = new ClockFacts { Now = Now, Newest = Now + TimeSpan.FromMinutes(1), Jumped = TimeSpan.FromMilliseconds(-30) };
        Assert.Equal(ClockState.Unknown, ClockJudge.Judge(facts).State);
        var kept = ClockJudge.Judge(facts with { MaxError = TimeSpan.FromMilliseconds(20) });
        Assert.Equal(ClockState.Kept, kept.State);
        Assert.Contains("20 ms", kept.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Judge_ShowsATimeBeforeThisProgram_IsWrong() =>
        Assert.Equal(ClockState.Wrong, ClockJudge.Judge(new ClockFacts { Now = DateTimeOffset.UnixEpoch, MaxError = TimeSpan.Zero }).State);

    [Fact]
    public void Judge_SomethingWasWrittenInTheFuture_IsWrongAndSaysWhat()
    {
        var verdict = ClockJudge.Judge(new ClockFacts { Now = Now, Newest = Now + TimeSpan.FromDays(1), NewestName = "the-file" });
        Assert.Equal(ClockState.Wrong, verdict.State);
        Assert.Contains("the-file was written at 2026-11-26", verdict.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-3600, "back by 3600 s")]
    [InlineData(60, "forward by 60 s")]
    public void Judge_WasSetWhileWeWatched_IsWrong(int seconds, string said)
    {
        var verdict = ClockJudge.Judge(new ClockFacts { Now = Now, Jumped = TimeSpan.FromSeconds(seconds) });
        Assert.Equal(ClockState.Wrong, verdict.State);
        Assert.Contains(said, verdict.Text, StringComparison.Ordinal);
    }
}
