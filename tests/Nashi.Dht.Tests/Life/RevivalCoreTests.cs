using Nashi.Dht.Life;

namespace Nashi.Dht.Tests.Life;

/// <summary>When a silent connection is asked, and when its peer is called afresh; one look a second.</summary>
public sealed class RevivalCoreTests
{
    private readonly RevivalCore _core = new(TimeSpan.FromSeconds(5), Instant.Zero);
    private long _received = 1;

    [Fact]
    public void Look_RemoteSpeaksEverySecond_DoesNothing()
    {
        for (var second = 0; second < 60; second++)
        {
            _received++;
            Assert.Equal(RevivalStep.None, Look(second));
        }
    }

    [Fact]
    public void Look_IdleAndAnswering_AsksButNeverCalls()
    {
        for (var second = 0; second < 60; second++)
        {
            var step = Look(second);
            Assert.True(step is RevivalStep.None or RevivalStep.Ask, $"{step} at {second} s");
            if (step == RevivalStep.Ask) _received++;
        }
    }

    [Fact]
    public void Look_Silent_AsksThenCallsWithinFourSeconds()
    {
        Assert.Equal(
            [RevivalStep.None, RevivalStep.None, RevivalStep.Ask, RevivalStep.Call, RevivalStep.Ask],
            Enumerable.Range(0, 5).Select(second => Look(second)));
    }

    [Fact]
    public void Look_SilentWhileSomethingIsUnderWay_CallsWithoutAsking()
    {
        Assert.Equal(
            [RevivalStep.None, RevivalStep.None, RevivalStep.Call],
            Enumerable.Range(0, 3).Select(second => Look(second, unanswered: second)));
    }

    [Fact]
    public void Look_CallsFail_PausesGrowToEightSeconds()
    {
        List<int> calls = [];
        for (var second = 0; second < 40; second++)
        {
            if (Look(second) != RevivalStep.Call) continue;
            calls.Add(second);
            _core.HandleCallEnded(At(second));
        }

        Assert.Equal([3, 5, 9, 17, 25, 33], calls);
    }

    [Fact]
    public void Look_SpeaksAgainDuringACall_GivesTheCallUp()
    {
        for (var second = 0; second < 10; second++) Look(second);
        _received++;
        Assert.Equal(RevivalStep.Calm, Look(10));
        _core.HandleCallEnded(At(10));
        Assert.Equal(RevivalStep.None, Look(11));
    }

    [Fact]
    public void Look_AfterSleep_GivesTheRemoteTimeToAnswer()
    {
        Look(0);
        Assert.Equal(RevivalStep.None, Look(3600, unanswered: 3000));
        Assert.Equal(RevivalStep.None, Look(3601, unanswered: 3001));
    }

    [Fact]
    public void Look_MayNotBeAskedAndNothingUnderWay_IsLeftInPeace()
    {
        var core = new RevivalCore(TimeSpan.Zero, Instant.Zero);
        for (var second = 0; second < 60; second++) Assert.Equal(RevivalStep.None, core.Look(1, TimeSpan.Zero, true, At(second)));
    }

    [Fact]
    public void Look_SeldomKeptAlive_IsAskedSeldom()
    {
        var core = new RevivalCore(TimeSpan.FromSeconds(30), Instant.Zero);
        for (var second = 0; second < 27; second++) Assert.Equal(RevivalStep.None, core.Look(1, TimeSpan.Zero, true, At(second)));
        Assert.Equal(RevivalStep.Ask, core.Look(1, TimeSpan.Zero, true, At(27)));
        Assert.Equal(RevivalStep.Call, core.Look(1, TimeSpan.Zero, true, At(28)));
    }

    private static Instant At(int second) => Instant.Zero + TimeSpan.FromSeconds(second);

    private RevivalStep Look(int second, int unanswered = 0) => _core.Look(_received, TimeSpan.FromSeconds(unanswered), true, At(second));
}
