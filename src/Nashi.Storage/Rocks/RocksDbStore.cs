using Nashi.Storage.Kv;

namespace Nashi.Storage.Rocks;

/// <summary>A store on RocksDB, laid out as the reference lays it out.</summary>
/// <remarks>One process at a time; thread-safe inside it. Writes go to the log at once, and to the disk on <see cref="SyncAsync"/>.</remarks>
public sealed unsafe class RocksDbStore : IKeyValueStore
{
    // Room that opening anew needs beside the log.
    private const long Reserve = 4 << 20;

    private const byte ForceBottommost = 2;

    private readonly Lock _reopening = new();
    private readonly Lock _compacting = new();
    private readonly string _path;
    private readonly GroupSync _sync;
    private volatile RocksDbHandle _database;
    private uint _family;
    private int _cursors;
    private volatile bool _isStuck;
    private volatile bool _isSuspended;
    private volatile bool _isDisposed;

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
        using var use = Enter();
        byte* error = null;
        nint slice;
        fixed (byte* k = key)
        {
            slice = RocksNative.rocksdb_get_pinned_cf(use.Database, use.Handle.ReadOptions, use.Handle.Records, k, (nuint)key.Length, &error);
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
    public KeyValueCursor Range(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to, bool reverse = false)
    {
        using var use = Enter();
        Interlocked.Increment(ref _cursors);
        return new RocksCursor(use.Handle, _path, from.ToArray(), to.ToArray(), reverse, () => Interlocked.Decrement(ref _cursors));
    }

    /// <inheritdoc />
    public WriteBatch CreateBatch() => new(_family);

    /// <inheritdoc />
    public void Write(WriteBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (IsReadOnly) throw new StorageException(StorageFailure.ReadOnly, $"The store {_path} was opened read-only.");
        if (batch.Count == 0) return;
        if (_isStuck) TryReopen();
        using var use = Enter();
        var bytes = batch.Representation;
        byte* error = null;
        fixed (byte* b = bytes)
        {
            var native = RocksNative.rocksdb_writebatch_create_from(b, (nuint)bytes.Length);
            RocksNative.rocksdb_write(use.Database, use.Handle.WriteOptions, native, &error);
            RocksNative.rocksdb_writebatch_destroy(native);
        }

        ThrowIf(error);
        batch.Clear();
    }

    /// <inheritdoc />
    public ValueTask SyncAsync() => IsReadOnly ? ValueTask.CompletedTask : _sync.RunAsync();

    /// <inheritdoc />
    public void Flush()
    {
        using var use = Enter();
        byte* error = null;
        RocksNative.rocksdb_flush_cf(use.Database, use.Handle.FlushOptions, use.Handle.Records, &error);
        ThrowIf(error);
    }

    /// <inheritdoc />
    public void Compact(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        if (IsReadOnly) throw new StorageException(StorageFailure.ReadOnly, $"The store {_path} was opened read-only.");
        using var use = Enter();
        lock (_compacting)
        {
            // Usually only the oldest files of values are rewritten; here all that hold something that was removed.
            SetBlobCutoff(use, "1.0"u8);
            var options = RocksNative.rocksdb_compactoptions_create();
            RocksNative.rocksdb_compactoptions_set_bottommost_level_compaction(options, ForceBottommost);
            fixed (byte* f = from, t = to)
            {
                RocksNative.rocksdb_compact_range_cf_opt(use.Database, use.Handle.Records, options, f, (nuint)from.Length, t, (nuint)to.Length);
            }

            RocksNative.rocksdb_compactoptions_destroy(options);
            SetBlobCutoff(use, "0.25"u8);
        }
    }

    /// <summary>Makes a copy of all that is written by now in a folder that must not exist. Files that no longer change are linked, not copied, where the disk can.</summary>
    /// <exception cref="StorageException">The disk refused.</exception>
    public void Copy(string folder)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        using var use = Enter();
        byte* error = null;
        var checkpoint = RocksNative.rocksdb_checkpoint_object_create(use.Database, &error);
        RocksError.ThrowIf(error, _path);
        RocksNative.rocksdb_checkpoint_create(checkpoint, folder, 0, &error);
        RocksNative.rocksdb_checkpoint_object_destroy(checkpoint);
        RocksError.ThrowIf(error, folder);
    }

    /// <summary>Closes all files; reads and writes fail until <see cref="Resume"/>.</summary>
    public void Suspend()
    {
        FlushAtRest();
        lock (_reopening)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isSuspended) return;
            _isSuspended = true;
            _database.Dispose();
            // What is being read ends in microseconds; who walks the store may take longer, and then holds the files.
            _ = SpinWait.SpinUntil(() => _database.IsReleased, TimeSpan.FromSeconds(5));
        }
    }

    /// <summary>Opens the files again.</summary>
    public void Resume()
    {
        lock (_reopening)
        {
            if (!_isSuspended || _isDisposed) return;
            Reopen();
            _isSuspended = false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        FlushAtRest();
        lock (_reopening)
        {
            _isDisposed = true;
            _database.Dispose();
        }
    }

    // A damaged log looks like one that a power cut tore, and is cut there without a word. A damaged sorted file is refused and named: that is what a store at rest
    // should be made of.
    private void FlushAtRest()
    {
        if (IsReadOnly || _isStuck || _isDisposed || _isSuspended) return;
        try
        {
            Flush();
        }
        catch (Exception error) when (error is StorageException or ObjectDisposedException)
        {
            // The log still has everything.
        }
    }

    /// <summary>After a write failed, RocksDB refuses all others; the next write therefore opens the database anew.</summary>
    internal void MarkStuck() => _isStuck = true;

    private void SetBlobCutoff(in Use use, ReadOnlySpan<byte> value)
    {
        byte* error = null;
        fixed (byte* name = "blob_garbage_collection_age_cutoff"u8, text = value)
        {
            byte* names = name, values = text;
            RocksNative.rocksdb_set_options_cf(use.Database, use.Handle.Records, 1, &names, &values, &error);
        }

        ThrowIf(error);
    }

    private void SyncNow()
    {
        using var use = Enter();
        byte* error = null;
        RocksNative.rocksdb_flush_wal(use.Database, 1, &error);
        ThrowIf(error);
    }

    private void ThrowIf(byte* error)
    {
        try
        {
            RocksError.ThrowIf(error, _path);
        }
        catch (StorageException failed) when (failed.Failure is StorageFailure.DiskFull or StorageFailure.ReadOnly)
        {
            MarkStuck();
            throw;
        }
        catch (StorageException failed) when (failed.Failure == StorageFailure.InputOutput && FreeSpace() >= Reserve)
        {
            MarkStuck();
            throw;
        }
        catch (StorageException failed) when (failed.Failure == StorageFailure.InputOutput)
        {
            // After one write found no room, RocksDB refuses the others with a reason that says nothing.
            MarkStuck();
            throw new StorageException(StorageFailure.DiskFull, $"The disk that holds {_path} is full: this write is not on it. Free some space and try again.", failed);
        }
    }

    private Use Enter()
    {
        while (true)
        {
            var database = _database;
            try
            {
                return new Use(database);
            }
            catch (ObjectDisposedException) when (!_isDisposed)
            {
                if (_isSuspended) throw new StorageException(StorageFailure.Suspended, $"The store {_path} is suspended. Resume it first.");
                // It is being opened anew; if that failed, try again.
                lock (_reopening)
                {
                    if (_database == database && !_isSuspended) Reopen();
                }
            }
        }
    }

    private void TryReopen()
    {
        lock (_reopening)
        {
            // Opening replays the log into new files: with less room than that, better keep what can at least be read.
            if (!_isStuck || _isDisposed || _isSuspended || Volatile.Read(ref _cursors) > 0 || FreeSpace() < SpaceToReopen() || !CanWrite()) return;
            _database.Dispose();
            Reopen();
        }
    }

    private void Reopen()
    {
        // Reads under way end in microseconds, and the last one closes the database; a cursor that slipped in may take longer.
        if (!SpinWait.SpinUntil(() => _database.IsReleased, TimeSpan.FromSeconds(5)))
        {
            throw new StorageException(StorageFailure.DiskFull, $"The store {_path} is opened anew after its disk was full, and somebody still walks it. Try again.");
        }

        ObjectDisposedException.ThrowIf(_isDisposed, this);
        var opened = RocksOpener.Open(_path, IsReadOnly);
        _family = RocksNative.rocksdb_column_family_handle_get_id(opened.Records);
        _database = opened;
        _isStuck = false;
    }

    // Only a disk that is well again is worth closing what can at least be read.
    private bool CanWrite()
    {
        var probe = Path.Combine(_path, "probe.tmp");
        try
        {
            using (var file = new FileStream(probe, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(new byte[512]);
                file.Flush(flushToDisk: true);
            }

            File.Delete(probe);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private long FreeSpace()
    {
        try
        {
            return new DriveInfo(_path).AvailableFreeSpace;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return long.MaxValue;
        }
    }

    private long SpaceToReopen()
    {
        return Reserve + new DirectoryInfo(_path).EnumerateFiles("*.log").Sum(file => file.Length);
    }

    /// <summary>Keeps the database open for one call.</summary>
    internal readonly ref struct Use : IDisposable
    {
        public Use(RocksDbHandle handle)
        {
            var added = false;
            handle.DangerousAddRef(ref added);
            Handle = handle;
            Database = handle.DangerousGetHandle();
        }

        public RocksDbHandle Handle { get; }

        public nint Database { get; }

        public void Dispose() => Handle.DangerousRelease();
    }
}
