using Nashi.Datagrams;

namespace Nashi.Dht.Rpc;

/// <summary>Concludes from what others say where they see us at which address we are known. Pure. Source: network.md §2.9.</summary>
/// <remarks>The last 16 sightings count, and nearly all of them must agree.</remarks>
internal sealed class NatSampler
{
    private const int Capacity = 16;

    private readonly Queue<UdpAddress> _sightings = new(Capacity);

    /// <summary>Where we are seen; port 0 when each sees another port; null when opinions differ or nobody has told.</summary>
    public UdpAddress? Address { get; private set; }

    /// <summary>How many sightings count.</summary>
    public int Count => _sightings.Count;

    /// <summary>Somebody sees us at <paramref name="seen"/>.</summary>
    public void Add(UdpAddress seen)
    {
        var isOneMore = Address == seen;
        if (_sightings.Count == Capacity) isOneMore &= _sightings.Dequeue() == seen;
        _sightings.Enqueue(seen);
        if (isOneMore) return;
        Address = Majority(seen => seen) ?? Majority(seen => seen.WithPort(0));
    }

    private UdpAddress? Majority(Func<UdpAddress, UdpAddress> key)
    {
        var n = _sightings.Count;
        var threshold = n - (n < 4 ? 0 : n < 8 ? 1 : n < 12 ? 2 : 3);
        var best = _sightings.GroupBy(key).MaxBy(group => group.Count());
        return best is not null && best.Count() >= threshold ? best.Key : null;
    }
}
