using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>Values by key; the ones stored longest ago go first. Pure.</summary>
/// <remarks>Bounded in number, in bytes and per host. Source: network.md §3.2, threats.md §3 row 9.</remarks>
internal sealed class ValueStore(RecordLimits limits, IRandom random)
{
    private readonly Dictionary<Bytes32, LinkedListNode<Entry>> _byKey = new(new SeededBytesComparer(random));
    private readonly LinkedList<Entry> _byAge = new();
    private readonly HostCounter _hosts = new(limits.ValuesPerHost);

    /// <summary>How many values there are.</summary>
    public int Count => _byAge.Count;

    /// <summary>How many bytes they have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Stores a value in place of the one that is there.</summary>
    /// <returns>False when the host has stored as many as it may.</returns>
    public bool Set(Bytes32 key, byte[] value, UdpAddress host, Instant now)
    {
        Expire(now);
        if (_byKey.TryGetValue(key, out var known)) Drop(known);
        if (!_hosts.TryAdd(host)) return false;
        while (_byAge.First is { } oldest && (_byAge.Count >= limits.Values || Bytes + value.Length > limits.ValueBytes)) Drop(oldest);
        _byKey[key] = _byAge.AddLast(new Entry(key, value, host, now));
        Bytes += value.Length;
        return true;
    }

    /// <summary>Finds a value.</summary>
    public byte[]? Find(Bytes32 key, Instant now)
    {
        Expire(now);
        return _byKey.TryGetValue(key, out var node) ? node.Value.Value : null;
    }

    /// <summary>Forgets a value.</summary>
    public void Remove(Bytes32 key)
    {
        if (_byKey.TryGetValue(key, out var node)) Drop(node);
    }

    private void Expire(Instant now)
    {
        while (_byAge.First is { } oldest && now - oldest.Value.At >= limits.ValueAge) Drop(oldest);
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _byAge.Remove(node);
        _byKey.Remove(node.Value.Key);
        _hosts.Remove(node.Value.Host);
        Bytes -= node.Value.Value.Length;
    }

    private sealed record Entry(Bytes32 Key, byte[] Value, UdpAddress Host, Instant At);
}
