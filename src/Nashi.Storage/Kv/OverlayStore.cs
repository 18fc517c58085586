namespace Nashi.Storage.Kv;

/// <summary>Changes held in memory over another store; reads see them, the other store does not until they are handed over.</summary>
/// <remarks>Invariant: a key in <c>_entries</c> is as the overlay left it (null: removed); a key in one of <c>_removed</c> and not there is gone; all others are the base's.</remarks>
internal sealed class OverlayStore(IKeyValueStore origin) : IKeyValueStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<byte[], byte[]?> _entries = new(KeyOrder.Instance);
    private readonly List<(byte[] From, byte[] To)> _removed = [];

    public bool IsReadOnly => origin.IsReadOnly;

    /// <summary>Whether nothing was changed.</summary>
    public bool IsEmpty
    {
        get
        {
            lock (_gate) return _entries.Count == 0 && _removed.Count == 0;
        }
    }

    public bool TryRead<TState, TResult>(ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        byte[]? value = null;
        bool isOurs;
        lock (_gate)
        {
            isOurs = (_entries.Count > 0 && _entries.TryGetValue(key.ToArray(), out value)) || IsRemoved(key);
        }

        if (!isOurs) return origin.TryRead(key, state, reader, out result);
        result = value is null ? default! : reader(value, state);
        return value is not null;
    }

    public KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        var merged = new List<(byte[] Key, byte[] Value)>();
        lock (_gate)
        {
            using (var below = origin.Range(from, to))
            {
                while (below.MoveNext())
                {
                    if (!IsRemoved(below.Key) && !_entries.ContainsKey(below.Key.ToArray())) merged.Add((below.Key.ToArray(), below.Value.ToArray()));
                }
            }

            foreach (var (key, value) in _entries)
            {
                if (value is not null && key.AsSpan().SequenceCompareTo(from) >= 0 && key.AsSpan().SequenceCompareTo(to) < 0) merged.Add((key, value));
            }
        }

        merged.Sort(static (a, b) => a.Key.AsSpan().SequenceCompareTo(b.Key));
        return new MemoryCursor(merged, reverse);
    }

    public WriteBatch CreateBatch() => origin.CreateBatch();

    public void Write(WriteBatch batch)
    {
        lock (_gate) batch.ForEach(Apply);
        batch.Clear();
    }

    /// <summary>Nothing here is durable before it is handed over.</summary>
    public ValueTask SyncAsync() => ValueTask.CompletedTask;

    public void Flush()
    {
    }

    public void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
    }

    public void Dispose() => Clear();

    /// <summary>Adds all changes to a batch of the store below.</summary>
    public void CopyTo(WriteBatch batch)
    {
        lock (_gate)
        {
            foreach (var (from, to) in _removed) batch.DeleteRange(from, to);
            foreach (var (key, value) in _entries)
            {
                if (value is null) batch.Delete(key);
                else batch.Put(key, value);
            }
        }
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _entries.Clear();
            _removed.Clear();
        }
    }

    private void Apply(byte tag, byte[] key, byte[] value)
    {
        if (tag == WriteBatch.PutTag) _entries[key] = value;
        else if (tag == WriteBatch.DeleteTag) _entries[key] = null;
        else RemoveRange(key, value);
    }

    private void RemoveRange(byte[] from, byte[] to)
    {
        foreach (var key in _entries.Keys.Where(key => IsWithin(key, from, to)).ToArray()) _ = _entries.Remove(key);
        _ = _removed.RemoveAll(range => range.From.AsSpan().SequenceCompareTo(from) >= 0 && range.To.AsSpan().SequenceCompareTo(to) <= 0);
        if (!_removed.Exists(range => range.From.AsSpan().SequenceCompareTo(from) <= 0 && range.To.AsSpan().SequenceCompareTo(to) >= 0)) _removed.Add((from, to));
    }

    private bool IsRemoved(ReadOnlySpan<byte> key)
    {
        foreach (var (from, to) in _removed)
        {
            if (IsWithin(key, from, to)) return true;
        }

        return false;
    }

    private static bool IsWithin(ReadOnlySpan<byte> key, byte[] from, byte[] to) => key.SequenceCompareTo(from) >= 0 && key.SequenceCompareTo(to) < 0;

    private sealed class KeyOrder : IComparer<byte[]>
    {
        public static KeyOrder Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
