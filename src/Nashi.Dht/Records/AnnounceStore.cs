using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Records;

/// <summary>Who announced which topic. Pure.</summary>
/// <remarks>Bounded in all, per topic and per host; the oldest go first. Age decides when they go, an announcement renews. Source: network.md §3.2.</remarks>
internal sealed class AnnounceStore(RecordLimits limits, IRandom random)
{
    private readonly Dictionary<Bytes32, Entries> _topics = new(new SeededBytesComparer(random));
    private readonly SeededBytesComparer _comparer = new(random);
    private readonly LinkedList<Record> _byAge = new();
    private readonly HostCounter _hosts = new(limits.AnnouncementsPerHost);

    /// <summary>How many records there are.</summary>
    public int Count => _byAge.Count;

    /// <summary>Stores a record, or renews it.</summary>
    /// <returns>False when the host has stored as many as it may.</returns>
    public bool Add(Bytes32 topic, Bytes32 key, byte[] record, UdpAddress host, Instant now)
    {
        Expire(now);
        if (_topics.TryGetValue(topic, out var entries) && entries.ByKey.TryGetValue(key, out var known)) Drop(known);
        if (!_hosts.TryAdd(host)) return false;
        if (entries?.ByKey.Count >= limits.AnnouncementsPerTopic) Drop(entries.Oldest.First!.Value);
        if (_byAge.Count >= limits.Announcements) Drop(_byAge.First!);
        if (!_topics.TryGetValue(topic, out entries)) _topics[topic] = entries = new(new(_comparer), new());
        var node = _byAge.AddLast(new Record(topic, key, record, host, now));
        entries.ByKey[key] = node;
        node.Value.InTopic = entries.Oldest.AddLast(node);
        return true;
    }

    /// <summary>Forgets a record.</summary>
    public void Remove(Bytes32 topic, Bytes32 key)
    {
        if (_topics.TryGetValue(topic, out var entries) && entries.ByKey.TryGetValue(key, out var known)) Drop(known);
    }

    /// <summary>Up to <paramref name="count"/> records of a topic, drawn at random.</summary>
    public List<byte[]> Sample(Bytes32 topic, int count, Instant now)
    {
        Expire(now);
        if (!_topics.TryGetValue(topic, out var entries)) return [];
        var records = entries.Oldest.Select(node => node.Value.Bytes).ToArray();
        var taken = Math.Min(count, records.Length);
        for (var i = 0; i < taken; i++)
        {
            var other = i + random.Next(records.Length - i);
            (records[i], records[other]) = (records[other], records[i]);
        }

        return [.. records.AsSpan(0, taken)];
    }

    private void Expire(Instant now)
    {
        while (_byAge.First is { } oldest && now - oldest.Value.At >= limits.AnnouncementAge) Drop(oldest);
    }

    private void Drop(LinkedListNode<Record> node)
    {
        var record = node.Value;
        _byAge.Remove(node);
        _hosts.Remove(record.Host);
        var entries = _topics[record.Topic];
        entries.ByKey.Remove(record.Key);
        entries.Oldest.Remove(record.InTopic!);
        if (entries.ByKey.Count == 0) _topics.Remove(record.Topic);
    }

    private sealed record Entries(Dictionary<Bytes32, LinkedListNode<Record>> ByKey, LinkedList<LinkedListNode<Record>> Oldest);

    private sealed class Record(Bytes32 topic, Bytes32 key, byte[] bytes, UdpAddress host, Instant at)
    {
        public Bytes32 Topic { get; } = topic;

        public Bytes32 Key { get; } = key;

        public byte[] Bytes { get; } = bytes;

        public UdpAddress Host { get; } = host;

        public Instant At { get; } = at;

        public LinkedListNode<LinkedListNode<Record>>? InTopic { get; set; }
    }
}
