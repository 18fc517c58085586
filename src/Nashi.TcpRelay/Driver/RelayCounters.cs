using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>What a relay counts, and the rate that all its clients share. Thread-safe.</summary>
internal sealed class RelayCounters(long totalRate, Instant now)
{
    private readonly Lock _gate = new();
    private readonly RateLimit _total = new(totalRate, new EgressLimits { BytesPerSecond = totalRate }.Burst, now);
    private readonly long[] _dropped = new long[(int)Verdict.OverRate + 1];
    private long _bytesOut;
    private long _bytesIn;
    private long _refused;
    private long _failed;
    private long _malformed;
    private long _sessions;

    /// <summary>A datagram of a client wants out.</summary>
    public bool TryPassOut(int bytes, Instant now) => TryPass(bytes, ref _bytesOut, now);

    /// <summary>A datagram for a client came in.</summary>
    public bool TryPassIn(int bytes, Instant now) => TryPass(bytes, ref _bytesIn, now);

    /// <summary>A datagram did not pass.</summary>
    public void CountDropped(Verdict verdict) => Interlocked.Increment(ref _dropped[(int)verdict]);

    /// <summary>A client was let in.</summary>
    public void CountSession() => Interlocked.Increment(ref _sessions);

    /// <summary>A client was refused.</summary>
    public void CountRefused() => Interlocked.Increment(ref _refused);

    /// <summary>A connection came to nothing.</summary>
    public void CountFailed() => Interlocked.Increment(ref _failed);

    /// <summary>A client sent nonsense.</summary>
    public void CountMalformed() => Interlocked.Increment(ref _malformed);

    /// <summary>All of it.</summary>
    public TcpRelayServerStats ToStats(int sessions, int channels) => new(
        sessions,
        Volatile.Read(ref _sessions),
        channels,
        Volatile.Read(ref _refused),
        Volatile.Read(ref _failed),
        Volatile.Read(ref _bytesOut),
        Volatile.Read(ref _bytesIn),
        Dropped(Verdict.Forbidden),
        Dropped(Verdict.Foreign),
        Dropped(Verdict.Unanswered) + Dropped(Verdict.TooManyDestinations),
        Dropped(Verdict.OverRate),
        Volatile.Read(ref _malformed));

    private long Dropped(Verdict verdict) => Volatile.Read(ref _dropped[(int)verdict]);

    private bool TryPass(int bytes, ref long counter, Instant now)
    {
        bool passes;
        lock (_gate) passes = _total.TryTake(bytes, now);
        if (passes) Interlocked.Add(ref counter, bytes);
        else CountDropped(Verdict.OverRate);
        return passes;
    }
}
