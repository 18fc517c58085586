using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The handshakes a server has been asked for, so that each Noise message is answered once and nobody fills the memory.</summary>
/// <remarks>
/// Pure. An entry is found by its Noise message (a repeated datagram gets the same answer) or by its number (hole-punch messages). It stays until it
/// was released and <see cref="Linger"/> has passed, but never longer than <see cref="Deadline"/>. Source: network.md §3.4, §3.6; threats.md row 11.
/// </remarks>
internal sealed class HandshakeTable<T>(int maxTotal, int maxPerHost)
    where T : class
{
    /// <summary>How long a finished entry keeps answering repeats.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    /// <summary>How long an entry may take in all.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Bytes32, Entry> _byNoise = [];
    private readonly Dictionary<UdpAddress, int> _perHost = [];
    private readonly SortedSet<int> _free = [];
    private readonly List<Entry?> _byId = [];

    /// <summary>How many handshakes are remembered.</summary>
    public int Count => _byNoise.Count;

    /// <summary>Finds a handshake by its Noise message.</summary>
    public bool TryFind(ReadOnlySpan<byte> noise, out T? value)
    {
        value = _byNoise.TryGetValue(Blake2b.Hash(noise), out var entry) ? entry.Value : null;
        return value is not null;
    }

    /// <summary>Finds a handshake by its number.</summary>
    public T? Find(ulong id) => id < (ulong)_byId.Count ? _byId[(int)id]?.Value : null;

    /// <summary>Makes room for a new handshake.</summary>
    /// <returns>Its number; null when the table or the host's share is full.</returns>
    public int? TryAdd(ReadOnlySpan<byte> noise, UdpAddress source, Func<int, T> make, Instant now)
    {
        Expire(now);
        var host = source.WithPort(0);
        var fromHost = _perHost.GetValueOrDefault(host);
        if (_byNoise.Count >= maxTotal || fromHost >= maxPerHost) return null;
        var id = TakeId();
        var entry = new Entry(Blake2b.Hash(noise), id, host, make(id), now + Deadline);
        _byNoise.Add(entry.Key, entry);
        _byId[id] = entry;
        _perHost[host] = fromHost + 1;
        return id;
    }

    /// <summary>Lets an entry go once it has lingered.</summary>
    public void Release(int id, Instant now)
    {
        if (_byId[id] is { } entry) entry.Expires = Instant.Min(entry.Expires, now + Linger);
    }

    /// <summary>Forgets what has expired.</summary>
    public void Expire(Instant now)
    {
        foreach (var entry in _byNoise.Values)
        {
            if (entry.Expires <= now) Remove(entry);
        }
    }

    /// <summary>Everything remembered.</summary>
    public IReadOnlyList<T> All() => [.. _byNoise.Values.Select(entry => entry.Value)];

    private int TakeId()
    {
        if (_free.Count == 0)
        {
            _byId.Add(null);
            return _byId.Count - 1;
        }

        var id = _free.Min;
        _free.Remove(id);
        return id;
    }

    private void Remove(Entry entry)
    {
        _byNoise.Remove(entry.Key);
        _byId[entry.Id] = null;
        _free.Add(entry.Id);
        var left = _perHost[entry.Host] - 1;
        if (left == 0) _perHost.Remove(entry.Host);
        else _perHost[entry.Host] = left;
    }

    private sealed class Entry(Bytes32 key, int id, UdpAddress host, T value, Instant expires)
    {
        public Bytes32 Key { get; } = key;

        public int Id { get; } = id;

        public UdpAddress Host { get; } = host;

        public T Value { get; } = value;

        public Instant Expires { get; set; } = expires;
    }
}
