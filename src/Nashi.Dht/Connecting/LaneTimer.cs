namespace Nashi.Dht.Connecting;

/// <summary>One timer for a core on a lane: set to its next deadline after each step.</summary>
internal sealed class LaneTimer : IDisposable
{
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;

    /// <summary>Makes a timer that posts <paramref name="due"/>.</summary>
    public LaneTimer(TimeProvider clock, Lane lane, Action due)
    {
        _clock = clock;
        _timer = clock.CreateTimer(_ => lane.Post(due), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The present.</summary>
    public Instant Now => Instant.Now(_clock);

    /// <summary>Sets the deadline.</summary>
    public void Set(Instant deadline)
    {
        if (deadline == Instant.Never)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Rounded up: a timer that fires a little early would only be set again.
        var wait = Math.Max(0, (deadline - Now).TotalMilliseconds);
        _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(wait)), Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc />
    public void Dispose() => _timer.Dispose();
}
