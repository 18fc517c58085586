using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

public sealed partial class SecretStream
{
    private readonly Lock _livenessGate = new();
    private readonly Liveness _liveness;
    private readonly ITimer _timer;
    private Instant _armedFor = Instant.Never;
    private bool _isFrameWatched;

    private void Watch()
    {
        // The header is owed from the start: a remote that never sends it is as one that does not finish a frame.
        var owed = _pull is null ? Math.Max(1, _input.Length) : _input.Length;
        _isFrameWatched = owed > 0;
        lock (_livenessGate)
        {
            _liveness.HandleWaiting(Instant.Now(_options.Clock), owed);
            Arm();
        }
    }

    private void FrameDone()
    {
        _isFrameWatched = false;
        lock (_livenessGate) _liveness.HandleFrame();
    }

    /// <summary>Sets the timer, unless it already fires earlier: deadlines move with each read, the timer only when it fired.</summary>
    private void Arm()
    {
        var next = _liveness.NextDeadline;
        if (next >= _armedFor) return;
        _armedFor = next;
        var wait = next - Instant.Now(_options.Clock);
        _ = _timer.Change(wait > TimeSpan.FromMilliseconds(1) ? wait : TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
    }

    private void Tick()
    {
        CloseReason? dead;
        bool isKeepAliveDue;
        lock (_livenessGate)
        {
            var now = Instant.Now(_options.Clock);
            _armedFor = Instant.Never;
            dead = _liveness.PollDead(now);
            isKeepAliveDue = dead is null && _liveness.PollKeepAlive(now);
            if (dead is null && !_closed.IsClosed) Arm();
        }

        if (isKeepAliveDue) _ = _lane.Write(default, default);
        if (dead is not null) Abort(dead);
    }
}
