using System.Runtime.InteropServices;
using Nashi.Storage.Kv;

namespace Nashi.Storage.Rocks;

/// <summary>A store on RocksDB, laid out as the reference lays it out.</summary>
/// <remarks>One process at a time; thread-safe inside it. Writes go to the log at once, and to the disk on <see cref="SyncAsync"/>.</remarks>
public sealed unsafe class RocksDbStore : IKeyValueStore
{
    private readonly RocksDbHandle _database;
    private readonly string _path;
    private readonly uint _family;
    private readonly GroupSync _sync;

    private RocksDbStore(RocksDbHandle database, string path, bool readOnly)
    {
        (_database, _path, IsReadOnly) = (database, path, readOnly);
        _family = RocksNative.rocksdb_column_family_handle_get_id(database.Records);
        _sync = new GroupSync(SyncNow);
    }

    /// <inheritdoc />
    public bool IsReadOnly { get; }

    /// <summary>Opens the database in a folder, making it when it is absent.</summary>
    /// <exception cref="StorageException">It is open elsewhere, damaged, or the disk refused.</exception>
    public static RocksDbStore Open(string path, bool readOnly = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!readOnly) Directory.CreateDirectory(path);
        return new RocksDbStore(RocksOpener.Open(path, readOnly), path, readOnly);
    }

    /// <inheritdoc />
    public bool TryRead<TState, TResult>(ReadOnlySpan<byte> key, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        ArgumentNullException.ThrowIfNull(reader);
        using var use = new Use(_database);
        byte* error = null;
        nint slice;
        fixed (byte* k = key)
        {
            slice = RocksNative.rocksdb_get_pinned_cf(use.Database, _database.ReadOptions, _database.Records, k, (nuint)key.Length, &error);
        }

        RocksError.ThrowIf(error, _path);
        result = default!;
        if (slice == 0) return false;
        try
        {
            nuint length;
            var value = RocksNative.rocksdb_pinnableslice_value(slice, &length);
            result = reader(new ReadOnlySpan<byte>(value, checked((int)length)), state);
            return true;
        }
        finally
        {
            RocksNative.rocksdb_pinnableslice_destroy(slice);
        }
    }

    /// <inheritdoc />
    public KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false) =>
        new RocksCursor(_database, _path, from.ToArray(), to.ToArray(), reverse);

    /// <inheritdoc />
    public WriteBatch CreateBatch() => new(_family);

    /// <inheritdoc />
    public void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (IsReadOnly) throw new StorageException(StorageFailure.ReadOnly, $"The store {_path} was opened read-only.");
        if (batch.Count == 0) return;
        using var use = new Use(_database);
        var bytes = batch.Representation;
        byte* error = null;
        fixed (byte* b = bytes)
        {
            var native = RocksNative.rocksdb_writebatch_create_from(b, (nuint)bytes.Length);
            RocksNative.rocksdb_write(use.Database, _database.WriteOptions, native, &error);
            RocksNative.rocksdb_writebatch_destroy(native);
        }

        RocksError.ThrowIf(error, _path);
        batch.Clear();
    }

    /// <inheritdoc />
    public ValueTask SyncAsync() => IsReadOnly ? ValueTask.CompletedTask : _sync.RunAsync();

    /// <inheritdoc />
    public void Flush()
    {
        using var use = new Use(_database);
        byte* error = null;
        RocksNative.rocksdb_flush_cf(use.Database, _database.FlushOptions, _database.Records, &error);
        RocksError.ThrowIf(error, _path);
    }

    /// <inheritdoc />
    public void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        using var use = new Use(_database);
        fixed (byte* f = from, t = to)
        {
            RocksNative.rocksdb_compact_range_cf(use.Database, _database.Records, f, (nuint)from.Length, t, (nuint)to.Length);
        }
    }

    /// <inheritdoc />
    public void Dispose() => _database.Dispose();

    private void SyncNow()
    {
        using var use = new Use(_database);
        byte* error = null;
        RocksNative.rocksdb_flush_wal(use.Database, 1, &error);
        RocksError.ThrowIf(error, _path);
    }

    /// <summary>Keeps the database open for one call.</summary>
    internal readonly ref struct Use : IDisposable
    {
        private readonly SafeHandle _handle;

        public Use(RocksDbHandle handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            _handle = handle;
            Database = handle.DangerousGetHandle();
        }

        public nint Database { get; }

        public void Dispose() => _handle.DangerousRelease();
    }
}
