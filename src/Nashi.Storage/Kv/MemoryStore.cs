namespace Nashi.Storage.Kv;

/// <summary>A store in memory with the same contract as the one on disk; gone when disposed.</summary>
public sealed class MemoryStore : IKeyValueStore
{
    private readonly Lock _gate = new();
    private readonly SortedChunks _entries = new();
    private bool _disposed;

    /// <inheritdoc />
    public bool IsReadOnly => false;

    /// <summary>How many keys there are.</summary>
    public int Count
    {
        get
        {
            lock (_gate) return _entries.Count;
        }
    }

    /// <inheritdoc />
    public bool TryRead<TState, TResult>(ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(reader);
        byte[]? value;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            value = _entries.Find(key);
        }

        // Values are never changed in place, so reading happens outside the lock.
        result = value is null ? default! : reader(value, state);
        return value is not null;
    }

    /// <inheritdoc />
    public KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return new MemoryCursor(_entries.Copy(from, to), reverse);
        }
    }

    /// <inheritdoc />
    public WriteBatch CreateBatch() => new(columnFamily: 1);

    /// <inheritdoc />
    public void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            batch.ForEach(Apply);
        }

        batch.Clear();
    }

    /// <inheritdoc />
    public ValueTask SyncAsync() => ValueTask.CompletedTask;

    /// <inheritdoc />
    public void Flush()
    {
    }

    /// <inheritdoc />
    public void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
    }

    /// <inheritdoc />
    public void Dispose() => _disposed = true;

    private void Apply(byte tag, byte[] key, byte[] value)
    {
        if (tag == WriteBatch.PutTag) _entries.Set(key, value);
        else if (tag == WriteBatch.DeleteTag) _entries.Remove(key);
        else _entries.RemoveRange(key, value);
    }
}
