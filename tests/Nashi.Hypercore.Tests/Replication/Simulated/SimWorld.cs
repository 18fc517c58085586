namespace Nashi.Hypercore.Tests.Replication.Simulated;

/// <summary>Virtual time: what happens, one after another. The same seed gives the same run.</summary>
internal sealed class SimWorld(ulong seed)
{
    private readonly PriorityQueue<Func<ValueTask>, (long At, long Order)> _events = new();
    private long _order;

    public ulong Seed => seed;

    public IRandom Random { get; } = new SeededRandom(seed);

    public Instant Now { get; private set; }

    public int Below(int count) => (int)(Random.NextUInt64() % (ulong)count);

    public bool Chance(double probability) => (Random.NextUInt64() >> 11) * (1.0 / (1UL << 53)) < probability;

    public TimeSpan Within(TimeSpan most) => TimeSpan.FromMicroseconds(Below((int)most.TotalMicroseconds + 1));

    public void After(TimeSpan delay, Func<ValueTask> what) => _events.Enqueue(what, ((Now + delay).Microseconds, _order++));

    public void After(TimeSpan delay, Action what) => After(delay, () =>
    {
        what();
        return default;
    });

    /// <summary>Lets time pass; false when it ran out, or nothing happens any more.</summary>
    public async Task<bool> RunAsync(Func<bool> isDone, TimeSpan limit)
    {
        while (!isDone())
        {
            if (!_events.TryDequeue(out var next, out var when) || when.At > (Instant.Zero + limit).Microseconds) return false;
            Now = new Instant(when.At);
            await next();
        }

        return true;
    }
}
