using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>Which servers announced themselves to this node, and where: what it relays handshakes to.</summary>
/// <remarks>
/// Pure. Two generations of bounded size: an entry lives between two thirds and four thirds of the maximum age, and an announcement renews it, so
/// no clock is kept per entry. Source: network.md §3.2.
/// </remarks>
internal sealed class ForwardTable(int capacity, TimeSpan maxAge)
{
    private readonly TimeSpan _turn = maxAge * 2 / 3;
    private Dictionary<Bytes32, UdpAddress> _young = [];
    private Dictionary<Bytes32, UdpAddress> _old = [];
    private Instant _turnedAt;

    /// <summary>How many servers are known.</summary>
    public int Count => _young.Count + _old.Count;

    /// <summary>Remembers where a server announced itself from.</summary>
    public void Set(Bytes32 target, UdpAddress source, Instant now)
    {
        Turn(now);
        _old.Remove(target);
        _young[target] = source;
        if (_young.Count >= (capacity + 1) / 2) Rotate(now);
    }

    /// <summary>Forgets a server.</summary>
    public void Remove(Bytes32 target)
    {
        _young.Remove(target);
        _old.Remove(target);
    }

    /// <summary>Where a server announced itself from.</summary>
    public bool TryGet(Bytes32 target, Instant now, out UdpAddress source)
    {
        Turn(now);
        return _young.TryGetValue(target, out source) || _old.TryGetValue(target, out source);
    }

    private void Turn(Instant now)
    {
        if (now - _turnedAt < _turn) return;
        var missed = now - _turnedAt >= 2 * _turn;
        Rotate(now);
        if (missed) Rotate(now);
    }

    private void Rotate(Instant now)
    {
        (_old, _young) = (_young, []);
        _turnedAt = now;
    }
}
