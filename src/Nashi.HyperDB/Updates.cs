using Nashi.Hyperbee;

namespace Nashi.HyperDB;

/// <summary>What a transaction will write, and how reads see it before.</summary>
/// <remarks>
/// The order of the batch is part of the format: indexers of a shared database must make the same blocks. Newest update first; of each its index keys,
/// where of a key that occurs twice the newest counts, and then the record. Thread-safe.
/// </remarks>
internal sealed class Updates
{
    private readonly Dictionary<byte[], PendingUpdate> _byKey = new(BytesComparer.Instance);
    private readonly Lock _gate = new();
    private long _tick;

    public int Count
    {
        get
        {
            lock (_gate) return _byKey.Count;
        }
    }

    public long NextTick() => Interlocked.Increment(ref _tick);

    public void Set(PendingUpdate update)
    {
        lock (_gate) _byKey[update.Key] = update;
    }

    /// <summary>Forgets what would have been written under a key.</summary>
    public void Drop(byte[] key)
    {
        lock (_gate) _byKey.Remove(key);
    }

    public bool TryGet(byte[] key, out byte[]? value)
    {
        lock (_gate)
        {
            var found = _byKey.TryGetValue(key, out var update);
            value = update?.Value;
            return found;
        }
    }

    /// <summary>The newest pending value of an index key.</summary>
    public bool TryGetIndex(byte[] key, out byte[]? value)
    {
        value = null;
        var newest = -1L;
        lock (_gate)
        {
            foreach (var update in _byKey.Values)
            {
                if (update.Tick < newest || !TryLast(update, key, out var found)) continue;
                (newest, value) = (update.Tick, found);
            }
        }

        return newest >= 0;
    }

    /// <summary>Pending records of a range, in its order; without a value where they are deleted.</summary>
    public List<IndexUpdate> Records(BeeRange range)
    {
        List<IndexUpdate> found = [];
        lock (_gate)
        {
            foreach (var update in _byKey.Values)
            {
                if (KeyBounds.Contains(range, update.Key)) found.Add(new IndexUpdate(update.Key, update.Value));
            }
        }

        return Sorted(found, range.Reverse);
    }

    /// <summary>Pending index keys of a range, in its order; without a value where they are deleted.</summary>
    public List<IndexUpdate> IndexKeys(BeeRange range)
    {
        Dictionary<byte[], (long Tick, byte[]? Value)> newest = new(BytesComparer.Instance);
        lock (_gate)
        {
            foreach (var update in _byKey.Values)
            {
                foreach (var (key, value) in update.Indexes)
                {
                    if (!KeyBounds.Contains(range, key)) continue;
                    if (!newest.TryGetValue(key, out var other) || other.Tick <= update.Tick) newest[key] = (update.Tick, value);
                }
            }
        }

        return Sorted([.. newest.Select(pair => new IndexUpdate(pair.Key, pair.Value.Value))], range.Reverse);
    }

    /// <summary>All writes, in the order they go into the tree.</summary>
    public List<IndexUpdate> Batch()
    {
        List<PendingUpdate> newestFirst;
        lock (_gate) newestFirst = [.. _byKey.Values.OrderByDescending(update => update.Tick)];
        List<IndexUpdate> batch = [];
        // A single update is not looked through for keys that occur twice, and neither is the reference's.
        var seen = newestFirst.Count > 1 ? new HashSet<byte[]>(BytesComparer.Instance) : null;
        foreach (var update in newestFirst)
        {
            batch.AddRange(update.Indexes.Where(index => seen?.Add(index.Key) != false));
            batch.Add(new IndexUpdate(update.Key, update.Value));
        }

        return batch;
    }

    private static bool TryLast(PendingUpdate update, byte[] key, out byte[]? value)
    {
        value = null;
        var found = false;
        foreach (var index in update.Indexes)
        {
            if (!BytesComparer.Instance.Equals(index.Key, key)) continue;
            (found, value) = (true, index.Value);
        }

        return found;
    }

    private static List<IndexUpdate> Sorted(List<IndexUpdate> updates, bool reverse)
    {
        updates.Sort(static (a, b) => BytesComparer.Instance.Compare(a.Key, b.Key));
        if (reverse) updates.Reverse();
        return updates;
    }
}
