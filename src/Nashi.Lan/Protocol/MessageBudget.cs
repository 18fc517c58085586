using Nashi.Datagrams;

namespace Nashi.Lan.Protocol;

/// <summary>How many messages are worth looking at: fifty a second of one sender, four hundred of all, and twice that at once.</summary>
internal sealed class MessageBudget
{
    private const int PerSource = 50;
    private const int OfAll = 400;
    private const int MaxSources = 512;

    private readonly Dictionary<UdpAddress, Bucket> _sources = [];
    private Bucket _all = new(2 * OfAll, Instant.Zero);

    /// <summary>Whether one more message of a sender may be looked at.</summary>
    public bool TrySpend(UdpAddress source, Instant now)
    {
        if (!_sources.TryGetValue(source, out var bucket))
        {
            // Forged senders: all start anew, and what all may spend together still holds.
            if (_sources.Count >= MaxSources) _sources.Clear();
            bucket = new Bucket(2 * PerSource, now);
        }

        var isAllowed = bucket.TrySpend(PerSource, now);
        _sources[source] = bucket;
        return isAllowed && _all.TrySpend(OfAll, now);
    }

    private record struct Bucket(double Left, Instant At)
    {
        public bool TrySpend(int perSecond, Instant now)
        {
            Left = Math.Min(2 * perSecond, Left + (perSecond * (now - At).TotalSeconds));
            At = now;
            if (Left < 1) return false;
            Left--;
            return true;
        }
    }
}
