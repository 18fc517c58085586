using Nashi.Dht.Life;

namespace Nashi.Dht.Tests.Life;

public sealed class DetourCoreTests
{
    private readonly DetourCore _core;
    private Instant _now = Instant.FromMilliseconds(1000);
    private Instant _heardAt = Instant.Zero;
    private bool _isOnline = true;

    public DetourCoreTests() => _core = new DetourCore(_now);

    [Fact]
    public void Look_SilenceAtTheStart_DialsAfterTwoSeconds()
    {
        Assert.Equal(DetourStep.None, Look(1));
        Assert.Equal(DetourStep.Dial, Look(1));
        Assert.Equal(DetourStep.None, Look(1));
    }

    [Fact]
    public void Look_SomebodyAnswered_DialsOnlyOnceOffline()
    {
        Pass(1);
        _heardAt = _now;
        Assert.Equal(DetourStep.None, Look(10));
        _isOnline = false;
        Assert.Equal(DetourStep.Dial, Look(1));
    }

    [Fact]
    public void Look_NoRelayKnown_NeverDials()
    {
        Pass(1000);
        Assert.Equal(DetourStep.None, _core.Look(false, false, Instant.Zero, _now));
    }

    [Fact]
    public void Look_DialsFail_TriesEverMoreSeldom()
    {
        Pass(2);
        var dials = new List<int>();
        for (var second = 0; second < 300; second++)
        {
            if (Look(1) != DetourStep.Dial) continue;
            dials.Add(second);
            _core.HandleDialled(false, _now);
        }

        Assert.Equal([0, 2, 6, 14, 30, 62, 122, 182, 242], dials);
    }

    [Fact]
    public void Look_NobodyAnswersByTheRelay_LeavesItAndDialsAnotherAtOnceOrTheSameEverMoreSeldom()
    {
        Pass(2);
        var (dials, leaves) = (new List<int>(), new List<int>());
        for (var second = 0; second < 200; second++)
        {
            var step = Look(1);
            if (step == DetourStep.Dial)
            {
                dials.Add(second);
                _core.HandleDialled(true, _now);
            }
            else if (step == DetourStep.Leave)
            {
                leaves.Add(second);
                _core.HandleUseless(hasOther: leaves.Count == 1, _now);
            }
        }

        Assert.Equal([0, 9, 19, 31, 47, 71, 111, 179], dials);
        Assert.Equal([8, 17, 27, 39, 55, 79, 119, 187], leaves);
    }

    [Fact]
    public void Look_SomebodyAnsweredByTheRelay_KeepsItThroughASilence()
    {
        GoRound();
        Pass(1);
        _heardAt = _now;
        _isOnline = false;
        for (var second = 0; second < 50; second++) Assert.Equal(DetourStep.None, Look(1));
    }

    [Fact]
    public void Look_OnTheDetour_ProbesOnceAMinuteUntilUdpWorks()
    {
        GoRound();
        Assert.Equal(DetourStep.None, Look(59));
        Assert.Equal(DetourStep.Probe, Look(1));
        Assert.False(_core.HandleProbed(false, _now));
        Assert.Equal(DetourStep.None, Look(59));
        Assert.Equal(DetourStep.Probe, Look(1));
        Assert.True(_core.HandleProbed(true, _now));
        Assert.False(_core.IsRound);
        _heardAt = _now + TimeSpan.FromSeconds(1);
        Assert.Equal(DetourStep.None, Look(100));
    }

    [Fact]
    public void HandleNetworkChange_OnTheDetour_ProbesAtOnce()
    {
        GoRound();
        Pass(10);
        _core.HandleNetworkChange(_now);
        Assert.Equal(DetourStep.Probe, Look(1));
    }

    [Fact]
    public void HandleNetworkChange_Straight_GivesUdpTwoSecondsAgain()
    {
        Pass(1);
        _heardAt = _now;
        Pass(100);
        _core.HandleNetworkChange(_now);
        Assert.Equal(DetourStep.None, Look(1));
        Assert.Equal(DetourStep.Dial, Look(1));
    }

    [Fact]
    public void HandleLost_DialsAnotherAtOnce()
    {
        GoRound();
        Pass(10);
        _heardAt = _now;
        Pass(1);
        _core.HandleLost(_now);
        Assert.Equal(DetourStep.Dial, Look(0));
    }

    [Fact]
    public void HandleProbed_LostMeanwhile_StaysAsItIs()
    {
        GoRound();
        Assert.Equal(DetourStep.Probe, Look(60));
        _core.HandleLost(_now);
        Assert.False(_core.HandleProbed(true, _now));
        Assert.Equal(DetourStep.Dial, Look(0));
    }

    private void GoRound()
    {
        Assert.Equal(DetourStep.Dial, Look(2));
        _core.HandleDialled(true, _now);
        Assert.True(_core.IsRound);
        _heardAt = _now + TimeSpan.FromMilliseconds(100);
    }

    private void Pass(int seconds) => _now += TimeSpan.FromSeconds(seconds);

    private DetourStep Look(int after)
    {
        Pass(after);
        return _core.Look(true, _isOnline, _heardAt, _now);
    }
}
