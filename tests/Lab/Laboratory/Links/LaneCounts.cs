using System.Collections.Concurrent;

namespace Nashi.Laboratory.Links;

/// <summary>What one direction has carried, by the two addresses, and what it dropped.</summary>
internal sealed class LaneCounts
{
    private readonly ConcurrentDictionary<ulong, Flow> _flows = new();

    public long Packets;
    public long Dropped;
    public long QueueDropped;

    /// <summary>Bytes from one address to another so far.</summary>
    public long Bytes(uint from, uint to) => _flows.TryGetValue(Key(from, to), out var flow) ? Volatile.Read(ref flow.Bytes) : 0;

    /// <summary>By the thread that carries, which is the only writer.</summary>
    public void Add(uint from, uint to, int bytes)
    {
        Packets++;
        var flow = _flows.GetOrAdd(Key(from, to), static _ => new Flow());
        Volatile.Write(ref flow.Bytes, flow.Bytes + bytes);
    }

    private static ulong Key(uint from, uint to) => ((ulong)from << 32) | to;

    private sealed class Flow
    {
        public long Bytes;
    }
}
