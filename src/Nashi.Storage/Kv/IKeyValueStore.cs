namespace Nashi.Storage.Kv;

/// <summary>Ordered bytes to bytes, written in atomic batches.</summary>
/// <remarks>
/// Keys are ordered byte-wise. Reads are synchronous (microseconds, mostly from memory) and see every batch whose write has returned. Thread-safe; the
/// seam between the record layer and RocksDB, or memory.
/// </remarks>
public interface IKeyValueStore : IDisposable
{
    /// <summary>Whether nothing can be written.</summary>
    bool IsReadOnly { get; }

    /// <summary>Reads one value without copying it.</summary>
    /// <returns>False when the key is absent; <paramref name="reader"/> was not called then.</returns>
    /// <exception cref="StorageException">The store failed or is damaged.</exception>
    bool TryRead<TState, TResult>(ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct;

    /// <summary>Walks the keys from <paramref name="from"/> up to, not including, <paramref name="to"/>, as they are now.</summary>
    /// <param name="from">The lowest key.</param>
    /// <param name="to">The first key that is too high.</param>
    /// <param name="reverse">From the highest key down.</param>
    KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false);

    /// <summary>Starts collecting changes.</summary>
    WriteBatch CreateBatch();

    /// <summary>Applies a batch as a whole; it is then empty and may be used again.</summary>
    /// <exception cref="StorageException">Nothing of it was applied.</exception>
    void Write(WriteBatch batch);

    /// <summary>Makes everything written so far survive a power cut. Calls that wait together share one sync.</summary>
    /// <exception cref="StorageException">The disk refused; what was written may be lost in a power cut.</exception>
    ValueTask SyncAsync();

    /// <summary>Moves what is in memory to sorted files.</summary>
    void Flush();

    /// <summary>Rewrites the files between two keys without what was deleted, giving its space back.</summary>
    void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to);
}
