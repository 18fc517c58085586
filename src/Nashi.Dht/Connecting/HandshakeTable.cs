using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The handshakes a server has been asked for, so that each Noise message is answered once and nobody fills the memory.</summary>
/// <remarks>
/// Pure. An entry is found by its Noise message (a repeated datagram gets the same answer) or by its number (hole-punch messages). It counts against its
/// host until it is released, at the latest after <see cref="Deadline"/>, then keeps answering repeats for <see cref="Linger"/>, unless newer ones need
/// its room. So a host with many finished connections is not refused another. Source: network.md §3.4, §3.6; threats.md row 11.
/// </remarks>
internal sealed class HandshakeTable<T>(int maxTotal, int maxPerHost)
    where T : class
{
    /// <summary>How long a finished entry keeps answering repeats.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(10);

    /// <summary>How long an entry may take.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Dictionary<Bytes32, Entry> _byNoise = [];
    private readonly Dictionary<UdpAddress, int> _perHost = [];
    private readonly SortedSet<int> _free = [];
    private readonly List<Entry?> _byId = [];
    private readonly LinkedList<Entry> _pending = new();
    private readonly Queue<Entry> _lingering = new();

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
    /// <returns>Its number; null when too many are under way, of this host or in all.</returns>
    public int? TryAdd(ReadOnlySpan<byte> noise, UdpAddress source, Func<int, T> make, Instant now)
    {
        Expire(now);
        var host = source.WithPort(0);
        var fromHost = _perHost.GetValueOrDefault(host);
        if (_pending.Count >= maxTotal || fromHost >= maxPerHost) return null;
        var id = TakeId();
        var entry = new Entry(Blake2b.Hash(noise), id, host, make(id), now + Deadline);
        _byNoise.Add(entry.Key, entry);
        _byId[id] = entry;
        _perHost[host] = fromHost + 1;
        entry.Pending = _pending.AddLast(entry);
        return id;
    }

    /// <summary>An entry has come to its end: it only lingers.</summary>
    public void Release(int id, Instant now)
    {
        if (_byId[id] is not { Pending: not null } entry) return;
        StopCounting(entry);
        entry.Expires = now + Linger;
        _lingering.Enqueue(entry);
        if (_lingering.Count > maxTotal) Remove(_lingering.Dequeue());
    }

    /// <summary>Forgets what has expired.</summary>
    public void Expire(Instant now)
    {
        // Each queue is in the order of expiry.
        while (_lingering.TryPeek(out var lingering) && lingering.Expires <= now) Remove(_lingering.Dequeue());
        while (_pending.First is { Value: var pending } && pending.Expires <= now)
        {
            StopCounting(pending);
            Remove(pending);
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

    private void StopCounting(Entry entry)
    {
        _pending.Remove(entry.Pending!);
        entry.Pending = null;
        var left = _perHost[entry.Host] - 1;
        if (left == 0) _perHost.Remove(entry.Host);
        else _perHost[entry.Host] = left;
    }

    private void Remove(Entry entry)
    {
        _byNoise.Remove(entry.Key);
        _byId[entry.Id] = null;
        _free.Add(entry.Id);
    }

    private sealed class Entry(Bytes32 key, int id, UdpAddress host, T value, Instant expires)
    {
        public Bytes32 Key { get; } = key;

        public int Id { get; } = id;

        public UdpAddress Host { get; } = host;

        public T Value { get; } = value;

        public Instant Expires { get; set; } = expires;

        public LinkedListNode<Entry>? Pending { get; set; }
    }
}
