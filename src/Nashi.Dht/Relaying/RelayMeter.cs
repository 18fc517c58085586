namespace Nashi.Dht.Relaying;

/// <summary>Counts what a relay carries, and holds all of it to one rate. Thread-safe.</summary>
internal sealed class RelayMeter(long rate, TimeProvider clock)
{
    private readonly TokenBucket _bucket = new(rate, Instant.Now(clock));
    private long _bytes;
    private long _packets;
    private long _dropped;

    /// <summary>Bytes carried.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Packets carried.</summary>
    public long Packets => Volatile.Read(ref _packets);

    /// <summary>Packets dropped for a rate.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>The present.</summary>
    public Instant Now => Instant.Now(clock);

    /// <summary>Whether a packet may pass, by its pair's rate and by that of all.</summary>
    public bool TryPass(int bytes, TokenBucket pair, Instant now)
    {
        if (!pair.TryTake(bytes, now) || !_bucket.TryTake(bytes, now))
        {
            _ = Interlocked.Increment(ref _dropped);
            return false;
        }

        _ = Interlocked.Add(ref _bytes, bytes);
        _ = Interlocked.Increment(ref _packets);
        return true;
    }
}
