using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>How much work strangers may cause: so much per host, so much in all.</summary>
/// <remarks>Pure. Token buckets that fill over time; at most <see cref="MaxSources"/> hosts are remembered, and a full house forgets all that have recovered.</remarks>
internal sealed class SourceBudget(double perSecond, double burst, double totalPerSecond)
{
    /// <summary>How many hosts are remembered.</summary>
    public const int MaxSources = 4096;

    // A look through a full house takes time: not for each stranger anew.
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(1);

    private readonly Dictionary<UdpAddress, Bucket> _sources = [];
    private Instant _sweepsAt;
    private Bucket _total = new(totalPerSecond, Instant.Zero);

    /// <summary>Takes one unit of <paramref name="source"/>'s budget.</summary>
    /// <returns>False when it, or the whole, is spent.</returns>
    public bool TrySpend(UdpAddress source, Instant now)
    {
        var host = source.WithPort(0);
        var bucket = _sources.TryGetValue(host, out var known) ? known.Fill(perSecond, burst, now) : new(burst, now);
        var total = _total.Fill(totalPerSecond, totalPerSecond, now);
        if (bucket.Tokens < 1 || total.Tokens < 1) return false;
        if (_sources.Count >= MaxSources && !_sources.ContainsKey(host) && !MakeRoom(now)) return false;
        _total = total.Take();
        _sources[host] = bucket.Take();
        return true;
    }

    private bool MakeRoom(Instant now)
    {
        if (now < _sweepsAt) return false;
        _sweepsAt = now + SweepEvery;
        foreach (var (host, bucket) in _sources)
        {
            if (bucket.Fill(perSecond, burst, now).Tokens >= burst) _sources.Remove(host);
        }

        return _sources.Count < MaxSources;
    }

    private readonly record struct Bucket(double Tokens, Instant At)
    {
        public Bucket Fill(double perSecond, double burst, Instant now) =>
            new(Math.Min(burst, Tokens + (perSecond * Math.Max(0, (now - At).TotalSeconds))), now);

        public Bucket Take() => this with { Tokens = Tokens - 1 };
    }
}
