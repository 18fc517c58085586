namespace Nashi.Udx.Driver;

/// <summary>The deadlines of a socket's streams.</summary>
/// <remarks>A stream has one entry at most that counts: moving a deadline later costs nothing, the stream is looked at when the old one comes.</remarks>
internal sealed class StreamTimers
{
    private readonly PriorityQueue<UdxStream, long> _queue = new();
    private readonly List<UdxStream> _due = [];
    private readonly Lock _gate = new();

    public long Next
    {
        get
        {
            lock (_gate) return _queue.TryPeek(out _, out var at) ? at : long.MaxValue;
        }
    }

    public void Set(UdxStream stream, long at)
    {
        lock (_gate)
        {
            if (stream.ScheduledAt <= at) return;
            stream.ScheduledAt = at;
            _queue.Enqueue(stream, at);
        }
    }

    /// <summary>Runs what is due, on the socket's thread.</summary>
    public void RunDue(Instant now)
    {
        lock (_gate)
        {
            while (_queue.TryPeek(out var stream, out var at) && at <= now.Microseconds)
            {
                _ = _queue.Dequeue();
                if (stream.ScheduledAt != at) continue;
                stream.ScheduledAt = long.MaxValue;
                _due.Add(stream);
            }
        }

        foreach (var stream in _due) stream.Guard(static (stream, now) => stream.HandleTimer(now), now);
        _due.Clear();
    }
}
