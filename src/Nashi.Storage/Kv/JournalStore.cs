namespace Nashi.Storage.Kv;

/// <summary>A store in memory that remembers each write and sync, for tests: what a crash at any of them would have left can be opened, and any call can be made to fail.</summary>
/// <remarks>
/// A killed process leaves all writes; a power cut leaves a beginning of them, at least up to the last sync: the log is sequential and a batch is whole or absent.
/// So every crash leaves one of the states that <see cref="OpenAt"/> opens. Thread-safe.
/// </remarks>
public sealed class JournalStore : IKeyValueStore
{
    private readonly Lock _gate = new();
    private readonly MemoryStore _now = new();
    private readonly MemoryStore _past = new();
    private readonly List<WriteBatch> _journal = [];
    private Func<JournalCall, StorageException?>? _fault;
    private int _replayed;

    /// <inheritdoc />
    public bool IsReadOnly => false;

    /// <summary>How many batches were written.</summary>
    public int Writes
    {
        get
        {
            lock (_gate) return _journal.Count;
        }
    }

    /// <summary>How many of them a power cut would have left.</summary>
    public int Synced { get; private set; }

    /// <summary>Asked before each write, sync and read; what it returns is thrown instead. Null lets all pass.</summary>
    public Func<JournalCall, StorageException?>? Fault
    {
        get => Volatile.Read(ref _fault);
        set => Volatile.Write(ref _fault, value);
    }

    /// <summary>What a crash after the first <paramref name="writes"/> batches left. Changes of it are not remembered.</summary>
    /// <remarks>Ask in ascending order: then each state costs one batch. What was opened before is void.</remarks>
    public IKeyValueStore OpenAt(int writes)
    {
        lock (_gate)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(writes, _replayed);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(writes, _journal.Count);
            for (; _replayed < writes; _replayed++) _past.Write(_journal[_replayed]);
            return new OverlayStore(_past);
        }
    }

    /// <inheritdoc />
    public bool TryRead<TState, TResult>(ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        ThrowIfFaulty(JournalCall.Read);
        return _now.TryRead(key, state, reader, out result);
    }

    /// <inheritdoc />
    public KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        ThrowIfFaulty(JournalCall.Read);
        return _now.Range(from, to, reverse);
    }

    /// <inheritdoc />
    public WriteBatch CreateBatch() => _now.CreateBatch();

    /// <inheritdoc />
    public void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Count == 0) return;
        ThrowIfFaulty(JournalCall.Write);
        lock (_gate)
        {
            var copy = _now.CreateBatch();
            copy.Append(batch);
            _journal.Add(copy);
            _now.Write(batch);
        }
    }

    /// <inheritdoc />
    public ValueTask SyncAsync()
    {
        if (Fault?.Invoke(JournalCall.Sync) is { } error) return ValueTask.FromException(error);
        lock (_gate) Synced = _journal.Count;
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public void Flush()
    {
    }

    /// <inheritdoc />
    public void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
    }

    /// <summary>Does nothing: what was written can still be opened.</summary>
    public void Dispose()
    {
    }

    private void ThrowIfFaulty(JournalCall call)
    {
        if (Fault?.Invoke(call) is { } error) throw error;
    }
}
