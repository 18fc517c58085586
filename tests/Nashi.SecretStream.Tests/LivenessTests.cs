using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream.Tests;

public sealed class LivenessTests
{
    private static readonly SecretStreamOptions Options = new() { KeepAlive = TimeSpan.FromSeconds(5), Timeout = TimeSpan.FromSeconds(20), FrameTimeout = TimeSpan.FromSeconds(30) };

    [Fact]
    public void PollKeepAlive_IdleForAnHour_SpeaksEveryInterval()
    {
        var liveness = new Liveness(Options with { Timeout = TimeSpan.Zero }, Instant.Zero);
        var spoken = 0;
        for (var now = Instant.Zero; now <= At(3600); now = liveness.NextDeadline)
        {
            if (liveness.PollKeepAlive(now)) spoken++;
        }

        Assert.Equal(720, spoken);
    }

    [Fact]
    public void PollKeepAlive_Busy_StaysSilent()
    {
        var liveness = new Liveness(Options, Instant.Zero);
        for (var second = 0; second < 1000; second += 4)
        {
            Assert.False(liveness.PollKeepAlive(At(second)));
            liveness.HandleSent(At(second));
        }
    }

    [Fact]
    public void PollKeepAlive_OurSideEnded_NeverSpeaks()
    {
        var liveness = new Liveness(Options, Instant.Zero);
        liveness.HandleEnded();
        Assert.False(liveness.PollKeepAlive(At(1000)));
        Assert.Equal(Instant.Never, liveness.NextDeadline);
    }

    [Fact]
    public void PollDead_SilenceWhileWaiting_IsTimeout()
    {
        var liveness = new Liveness(Options, Instant.Zero);
        liveness.HandleWaiting(At(3), 0);
        Assert.Null(liveness.PollDead(At(22)));
        Assert.Equal(CloseKind.Timeout, liveness.PollDead(At(23))!.Kind);
    }

    [Fact]
    public void PollDead_WeDoNotRead_BlamesNobody()
    {
        var liveness = new Liveness(Options, Instant.Zero);
        liveness.HandleWaiting(At(1), 10);
        liveness.HandleReceived();
        Assert.Null(liveness.PollDead(At(10_000)));
    }

    [Fact]
    public void PollDead_FrameDripped_IsCutByRate()
    {
        var liveness = new Liveness(Options with { Timeout = TimeSpan.Zero }, Instant.Zero);
        for (var second = 0; second < 30; second++)
        {
            liveness.HandleWaiting(At(second), second + 4);
            Assert.Null(liveness.PollDead(At(second)));
            liveness.HandleReceived();
        }

        liveness.HandleWaiting(At(30), 40);
        Assert.NotNull(liveness.PollDead(At(31)));
    }

    [Fact]
    public void PollDead_LargeFrameAtAModestRate_Lives()
    {
        var liveness = new Liveness(Options with { Timeout = TimeSpan.Zero }, Instant.Zero);
        for (var second = 0; second < 500; second++)
        {
            liveness.HandleWaiting(At(second), 1 + (second * 32 * 1024));
            Assert.Null(liveness.PollDead(At(second)));
            liveness.HandleReceived();
        }

        liveness.HandleFrame();
        liveness.HandleWaiting(At(501), 0);
        Assert.Null(liveness.PollDead(At(5000)));
    }

    private static Instant At(int seconds) => Instant.Zero + TimeSpan.FromSeconds(seconds);
}
