namespace Nashi.Testing;

/// <summary>A clock that only moves when told, and fires timers in order as it does. For tests and simulations.</summary>
/// <remarks>Timers fire on the thread that advances the clock. Thread-safe.</remarks>
/// <param name="start">The wall-clock time at the start; 1 January 2030 by default.</param>
public sealed class VirtualClock(DateTimeOffset? start = null) : TimeProvider
{
    private readonly DateTimeOffset _start = start ?? new DateTimeOffset(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly Lock _gate = new();
    private readonly PriorityQueue<(VirtualTimer Timer, int Version), (long At, long Order)> _timers = new();
    private long _ticks;
    private long _order;

    /// <summary>How far it has moved.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _ticks));

    /// <summary>When the next timer fires, counted from the start; null when none is set.</summary>
    public TimeSpan? NextTimer
    {
        get
        {
            lock (_gate) return PeekLive() is { } at ? new TimeSpan(at) : null;
        }
    }

    /// <inheritdoc />
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc />
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc />
    public override long GetTimestamp() => Volatile.Read(ref _ticks);

    /// <inheritdoc />
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <summary>Moves the clock and fires each timer at its time.</summary>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var until = Elapsed.Ticks + by.Ticks;
        while (TakeDue(until) is { } timer) timer.Fire();
        lock (_gate) Volatile.Write(ref _ticks, Math.Max(until, _ticks));
    }

    /// <inheritdoc />
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new VirtualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private long? PeekLive()
    {
        while (_timers.TryPeek(out var entry, out var key))
        {
            if (entry.Version == entry.Timer.Version) return key.At;
            _timers.Dequeue();
        }

        return null;
    }

    private VirtualTimer? TakeDue(long until)
    {
        lock (_gate)
        {
            if (PeekLive() is not { } at || at > until) return null;
            var (timer, _) = _timers.Dequeue();
            Volatile.Write(ref _ticks, Math.Max(at, _ticks));
            timer.Version++;
            if (timer.Period > TimeSpan.Zero) Enqueue(timer, timer.Period);
            return timer;
        }
    }

    private void Set(VirtualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            timer.Version++;
            timer.Period = period;
            if (dueTime >= TimeSpan.Zero) Enqueue(timer, dueTime);
        }
    }

    private void Enqueue(VirtualTimer timer, TimeSpan dueTime) => _timers.Enqueue((timer, timer.Version), (_ticks + dueTime.Ticks, _order++));

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        public int Version { get; set; }

        public TimeSpan Period { get; set; }

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            clock.Set(this, dueTime, period);
            return true;
        }

        public void Dispose() => clock.Set(this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return default;
        }
    }
}
