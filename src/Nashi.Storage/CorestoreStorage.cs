using Nashi.Encoding;
using Nashi.Storage.Device;
using Nashi.Storage.Kv;
using Nashi.Storage.Records;
using Nashi.Storage.Rocks;

namespace Nashi.Storage;

/// <summary>A folder of cores, laid out as the reference lays it out; or the same in memory.</summary>
/// <remarks>
/// <c>CORESTORE</c> is the device file: it says on which disk the store was made and is locked while a process has it open. It is written once, synced
/// with its folder, and never touched again. <c>db/</c> is the database. Thread-safe. Spec: data.md §4.
/// </remarks>
public sealed partial class CorestoreStorage : IAsyncDisposable
{
    private const string DatabaseFolder = "db";

    private readonly Lock _gate = new();
    private readonly StorageOptions _options = StorageOptions.Default;
    private DeviceFile? _device;
    private bool _isSuspended;
    private StoreHead _head;
    private int _disposed;

    private CorestoreStorage(IKeyValueStore store, DeviceFile? device, string? folder, StorageOptions? options = null)
    {
        // What is adopted once is ours.
        if (options is not null) _options = options with { Adopt = false };
        (Store, _device, Folder) = (store, device, folder);
        _head = ReadHead();
    }

    /// <summary>Where it lies; null in memory.</summary>
    public string? Folder { get; }

    /// <summary>Whether nothing can be written.</summary>
    public bool IsReadOnly => Store.IsReadOnly;

    /// <summary>The secret that all named key pairs are derived from; null until one is set.</summary>
    public Bytes32? PrimaryKey
    {
        get
        {
            lock (_gate) return _head.PrimaryKey;
        }
    }

    /// <summary>The first core that was made here; null while there is none.</summary>
    public DiscoveryKey? DefaultCore
    {
        get
        {
            lock (_gate) return _head.DefaultCore;
        }
    }

    internal IKeyValueStore Store { get; }

    /// <summary>Opens the store in a folder, making it when it is absent.</summary>
    /// <exception cref="StorageException">It is open elsewhere, is a copy, is damaged, or the disk refused.</exception>
    public static ValueTask<CorestoreStorage> OpenAsync(string folder, StorageOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        // Opening replays the log: seconds of disk work after a crash.
        return new(Task.Run(() => Open(Path.GetFullPath(folder), options ?? StorageOptions.Default), cancellationToken));
    }

    /// <summary>Makes an empty store in memory, gone when disposed.</summary>
    public static CorestoreStorage CreateInMemory() => new(new MemoryStore(), device: null, folder: null);

    /// <summary>Opens what another kind of store keeps, making it when that is empty. Disposing closes it.</summary>
    /// <exception cref="StorageException">What is in it is damaged.</exception>
    public static CorestoreStorage Over(IKeyValueStore store)
    {
        ArgumentNullException.ThrowIfNull(store);
        return new(store, device: null, folder: null);
    }

    /// <summary>Keeps <paramref name="fresh"/> as the primary key, unless there is one already; answers the one that holds, once it is on the disk.</summary>
    public async ValueTask<Bytes32> InitializePrimaryKeyAsync(Bytes32 fresh)
    {
        lock (_gate)
        {
            if (_head.PrimaryKey is { } existing) return existing;
            WriteHead(_head with { PrimaryKey = fresh });
        }

        await Store.SyncAsync().ConfigureAwait(false);
        return fresh;
    }

    /// <summary>Starts collecting changes of several cores that are written as one.</summary>
    public StorageAtom CreateAtom() => new(this);

    /// <summary>Makes everything committed so far survive a power cut. Calls that wait together share one sync.</summary>
    public ValueTask SyncAsync() => Store.SyncAsync();

    /// <summary>Moves what is in memory to sorted files.</summary>
    public void Flush() => Store.Flush();

    /// <summary>Rewrites all files without what was deleted, giving its space back to the disk. Slow.</summary>
    public void Compact() => Store.Compact([], [byte.MaxValue]);

    /// <summary>Makes a backup in a folder that must not exist, of all that was committed by now; the store stays open and may be written meanwhile.</summary>
    /// <remarks>The backup refuses to be opened as it is; <see cref="StorageOptions.Adopt"/> makes it a store again, read-only opens show what is in it.</remarks>
    /// <exception cref="StorageException">The disk refused.</exception>
    public async ValueTask BackupAsync(string folder, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        if (Store is not RocksDbStore rocks || Folder is null) throw new InvalidOperationException("Only a store in a folder can be backed up.");
        if (Directory.Exists(folder) || File.Exists(folder)) throw new StorageException(StorageFailure.Conflict, $"{folder} is there already: a backup makes a new folder.");
        await Store.SyncAsync().ConfigureAwait(false);
        await Task.Run(() => Backup(rocks, Path.GetFullPath(folder)), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Syncs and closes all files and the lock, as a mobile system asks of an application that it freezes. Reads and writes fail until <see cref="ResumeAsync"/>.</summary>
    public async ValueTask SuspendAsync()
    {
        if (Store is not RocksDbStore rocks) return;
        if (!IsReadOnly) await Store.SyncAsync().ConfigureAwait(false);
        await Task.Run(rocks.Suspend).ConfigureAwait(false);
        lock (_gate)
        {
            _isSuspended = true;
            _device?.Dispose();
        }
    }

    /// <summary>Opens everything again after <see cref="SuspendAsync"/>.</summary>
    /// <exception cref="StorageException">Another process has it now, or the disk refused: it is still suspended.</exception>
    public async ValueTask ResumeAsync()
    {
        if (Store is not RocksDbStore rocks) return;
        lock (_gate)
        {
            if (!_isSuspended) return;
            if (_device is not null) _device = DeviceFile.Open(Folder!, _options);
            _isSuspended = false;
        }

        await Task.Run(rocks.Resume).ConfigureAwait(false);
    }

    /// <summary>Syncs and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0) return;
        try
        {
            if (!IsReadOnly && !_isSuspended) await Store.SyncAsync().ConfigureAwait(false);
        }
        finally
        {
            Store.Dispose();
            _device?.Dispose();
        }
    }

    // The device file goes first: a copy without one would be taken for a store of this device.
    private void Backup(RocksDbStore rocks, string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            DeviceFile.Copy(Folder!, folder);
            rocks.Copy(Path.Combine(folder, DatabaseFolder));
            FolderSync.Run(folder);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StorageException(StorageFailure.InputOutput, $"The backup {folder} failed: {error.Message}", error);
        }
    }

    private static CorestoreStorage Open(string folder, StorageOptions options)
    {
        var path = Path.Combine(folder, DatabaseFolder);
        var exists = Directory.Exists(path);
        if (!exists) CheckBeforeCreating(folder, options);
        var device = options.IsReadOnly ? null : DeviceFile.Open(folder, options);
        RocksDbStore? store = null;
        try
        {
            if (!exists) CreateFolder(path);
            store = RocksDbStore.Open(path, options.IsReadOnly);
            var opened = new CorestoreStorage(store, device, folder, options);
            if (!opened.IsReadOnly) opened.FinishRecovery(options.Clock);
            if (exists && options is { Adopt: true, IsReadOnly: false }) opened.MarkRecovering(options.Clock);
            return opened;
        }
        catch
        {
            store?.Dispose();
            device?.Dispose();
            throw;
        }
    }

    private static void CheckBeforeCreating(string folder, StorageOptions options)
    {
        if (File.Exists(Path.Combine(folder, "primary-key")) || Directory.Exists(Path.Combine(folder, "cores")))
        {
            throw new StorageException(StorageFailure.Unsupported, $"The store {folder} has the old layout of flat files. Copy its cores over with the version that wrote it.");
        }

        if (options.IsReadOnly) throw new StorageException(StorageFailure.NotFound, $"There is no store in {folder}.");
    }

    private static void CreateFolder(string path)
    {
        Directory.CreateDirectory(path);
        FolderSync.Run(Path.GetDirectoryName(path)!);
    }

    private StoreHead ReadHead()
    {
        if (!Store.TryGet<StoreHead>(StorageKeys.Head, out var head)) return new StoreHead();
        if (head.Version == StoreHead.CurrentVersion) return head;
        var advice = head.Version < StoreHead.CurrentVersion ? "Open it once with the version that wrote it, or a newer one, to convert it." : "Use a newer version.";
        throw new StorageException(StorageFailure.Unsupported, $"The store {Folder} has layout {head.Version}; this one reads layout {StoreHead.CurrentVersion}. {advice}");
    }

    private void WriteHead(StoreHead head)
    {
        var batch = Store.CreateBatch();
        batch.Put(StorageKeys.Head, head);
        Store.Write(batch);
        _head = head;
    }

    // The reference leaves a marker when it threw a damaged log away: cores must then not be appended to before a peer confirmed their length.
    private void FinishRecovery(TimeProvider clock)
    {
        var marker = Path.Combine(Folder!, DatabaseFolder, "RECOVERING");
        if (!File.Exists(marker)) return;
        MarkRecovering(clock);
        File.Delete(marker);
    }

    private void MarkRecovering(TimeProvider clock)
    {
        var batch = Store.CreateBatch();
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        var now = (ulong)clock.GetUtcNow().ToUnixTimeMilliseconds();
        foreach (var discoveryKey in ListCores())
        {
            if (!Store.TryGet<CorePointer>(StorageKeys.Core(key, discoveryKey), out var pointer)) continue;
            var hintsKey = StorageKeys.Of(key, pointer.Data, DataRecord.Hints);
            Store.TryGet<CoreHints>(hintsKey, out var hints);
            batch.Put(hintsKey, hints with { Recovering = now });
        }

        Store.Write(batch);
        Store.Flush();
    }
}
