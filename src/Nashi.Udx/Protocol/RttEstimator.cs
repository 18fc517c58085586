namespace Nashi.Udx.Protocol;

/// <summary>Smoothed round-trip time and the retransmission timeout, in microseconds. Spec: network.md §1.4 (RFC 6298, with bounds against suspended machines).</summary>
internal sealed class RttEstimator
{
    public const long InitialTimeout = 1_000_000;

    private const long TimeoutMin = 1_000_000;
    private const long TimeoutMax = 30_000_000;
    private const long Suspicious = 5_000_000;
    private const long MinWindow = 300_000_000;
    private const int EachWeight = 64;

    private long _minAt;
    private long _last;

    /// <summary>Zero until the first sample.</summary>
    public long Smoothed { get; private set; }

    public long Variance { get; private set; }

    /// <summary>How much one packet's time differs from the time of the one heard of before it, on average. A queue grows and shrinks slowly; this is what the path itself does.</summary>
    public long Jitter { get; private set; }

    /// <summary>The average of all packets, late ones included.</summary>
    public long Mean { get; private set; }

    /// <summary>The least of the last five minutes; zero until the first sample.</summary>
    public long Min { get; private set; }

    public long Timeout { get; private set; } = InitialTimeout;

    /// <summary>Another path: nothing is known.</summary>
    public void Reset() => (Smoothed, Variance, Min, Timeout) = (0, 0, 0, InitialTimeout);

    public void Add(long sample, long now)
    {
        sample = Math.Max(sample, 1);
        if (Smoothed == 0)
        {
            Smoothed = Math.Min(sample, TimeoutMax);
            Variance = Smoothed / 2;
        }
        else
        {
            // A sample that a suspended machine took must not make the timeout useless for a minute.
            if (sample > Suspicious && sample > Smoothed + (5 * Variance)) sample = Math.Min(Smoothed + (5 * Variance), TimeoutMax);
            Variance = ((3 * Variance) + Math.Abs(Smoothed - sample)) / 4;
            Smoothed = ((7 * Smoothed) + sample) / 8;
        }

        if (Min == 0 || sample <= Min || now - _minAt > MinWindow) (Min, _minAt) = (sample, now);
        Timeout = Math.Clamp(Smoothed + (4 * Variance), TimeoutMin, TimeoutMax);
    }

    /// <summary>Takes the time of each packet that was sent once, in the order in which they are heard of.</summary>
    public void AddEach(long sample)
    {
        sample = Math.Clamp(sample, 1, Suspicious);
        if (Mean == 0)
        {
            (Mean, _last) = (sample, sample);
            return;
        }

        Jitter += (Math.Abs(sample - _last) - Jitter) / EachWeight;
        Mean += (sample - Mean) / EachWeight;
        _last = sample;
    }
}
