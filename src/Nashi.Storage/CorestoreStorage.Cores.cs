using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <content>Finding, making, listing and removing cores.</content>
public sealed partial class CorestoreStorage
{
    /// <summary>Whether a core is stored.</summary>
    public bool HasCore(DiscoveryKey discoveryKey) => FindPointer(discoveryKey) is not null;

    /// <summary>Opens a stored core; null when it is not stored.</summary>
    public CoreStorage? TryOpenCore(DiscoveryKey discoveryKey) =>
        FindPointer(discoveryKey) is { } pointer ? Resume(discoveryKey, pointer.Core, pointer.Data) : null;

    /// <summary>Makes a core, or opens it when it is already stored; <paramref name="auth"/> and what follows then change nothing.</summary>
    /// <param name="auth">Who it is.</param>
    /// <param name="alias">Under which name it is found again; null for none.</param>
    /// <param name="userData">What is kept with it from the start.</param>
    /// <remarks>Durable with the next commit or <see cref="SyncAsync"/> that is.</remarks>
    public CoreStorage CreateCore(CoreAuth auth, CoreAlias? alias = null, IReadOnlyCollection<KeyValuePair<string, byte[]>>? userData = null)
    {
        ArgumentNullException.ThrowIfNull(auth);
        lock (_gate)
        {
            if (TryOpenCore(auth.DiscoveryKey) is { } existing) return existing;
            var head = _head with { NextCore = _head.NextCore + 1, NextData = _head.NextData + 1, DefaultCore = _head.DefaultCore ?? auth.DiscoveryKey };
            var pointer = new CorePointer(StoreHead.CurrentVersion, _head.NextCore, _head.NextData, alias);
            var core = new CoreStorage(this, auth.DiscoveryKey, pointer.Core, pointer.Data, []);
            var batch = core.CreateBatch();
            Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
            batch.Batch.Put(StorageKeys.Head, head);
            batch.Batch.Put(StorageKeys.Core(key, auth.DiscoveryKey), pointer);
            if (alias is { } name) batch.Batch.Put(StorageKeys.Alias(name), auth.DiscoveryKey.Value.AsSpan());
            batch.SetAuth(auth);
            foreach (var (userKey, value) in userData ?? []) batch.PutUserData(userKey, value);
            Store.Write(batch.Batch);
            _head = head;
            return core;
        }
    }

    /// <summary>The core that is kept under a name; null when there is none.</summary>
    public DiscoveryKey? FindAlias(CoreAlias alias)
    {
        var found = Store.TryRead(StorageKeys.Alias(alias), 0, static (value, _) => ReadDiscoveryKey(value), out var discoveryKey);
        return found ? discoveryKey : null;
    }

    /// <summary>All stored cores.</summary>
    public IReadOnlyList<DiscoveryKey> ListCores()
    {
        var all = new List<DiscoveryKey>();
        using var cursor = Store.Range(StorageKeys.CoresStart, StorageKeys.CoresEnd);
        while (cursor.MoveNext())
        {
            if (StorageKeys.TryReadDiscoveryKey(cursor.Key, out var discoveryKey)) all.Add(discoveryKey);
        }

        return all;
    }

    /// <summary>All names, or those of one namespace, and the cores they stand for.</summary>
    public IReadOnlyList<KeyValuePair<CoreAlias, DiscoveryKey>> ListAliases(Bytes32? space = null)
    {
        var all = new List<KeyValuePair<CoreAlias, DiscoveryKey>>();
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        using var cursor = space is { } only
            ? Store.Range(StorageKeys.AliasesOf(from, only, end: false), StorageKeys.AliasesOf(to, only, end: true))
            : Store.Range(StorageKeys.AliasesStart, StorageKeys.AliasesEnd);
        while (cursor.MoveNext())
        {
            if (StorageKeys.TryReadAlias(cursor.Key, out var alias)) all.Add(new(alias, ReadDiscoveryKey(cursor.Value)));
        }

        return all;
    }

    /// <summary>Removes a core, its name, its sessions and all their data; false when it is not stored. It must not be open.</summary>
    public bool DeleteCore(DiscoveryKey discoveryKey)
    {
        lock (_gate)
        {
            if (FindPointer(discoveryKey) is not { } pointer) return false;
            var core = Resume(discoveryKey, pointer.Core, pointer.Data);
            var batch = Store.CreateBatch();
            Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
            batch.Delete(StorageKeys.Core(key, discoveryKey));
            if (pointer.Alias is { } alias && FindAlias(alias) == discoveryKey) batch.Delete(StorageKeys.Alias(alias));
            DeleteAll(batch, core);
            if (_head.DefaultCore == discoveryKey) batch.Put(StorageKeys.Head, _head with { DefaultCore = null });
            Store.Write(batch);
            if (_head.DefaultCore == discoveryKey) _head = _head with { DefaultCore = null };
            return true;
        }
    }

    /// <summary>Removes a core as <see cref="DeleteCore"/> does, and gives the space back to the disk. Slow.</summary>
    public bool PurgeCore(DiscoveryKey discoveryKey)
    {
        if (TryOpenCore(discoveryKey) is not { } core) return false;
        var data = core.ReadSessions().Select(entry => entry.DataPointer).Append(core.DataPointer).ToArray();
        if (!DeleteCore(discoveryKey)) return false;
        foreach (var pointer in data) CompactData(pointer);
        return true;
    }

    /// <summary>How many bytes the records of a core and its sessions take, keys and values; overwritten and removed ones that still await compaction are not counted.</summary>
    public long MeasureCore(DiscoveryKey discoveryKey)
    {
        if (TryOpenCore(discoveryKey) is not { } core) return 0;
        return core.ReadSessions().Select(entry => entry.DataPointer).Append(core.DataPointer).Sum(MeasureData);
    }

    internal void CompactData(ulong dataPointer)
    {
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        Store.Compact(StorageKeys.Of(from, dataPointer, DataRecord.Head), StorageKeys.Of(to, dataPointer, DataRecord.End));
    }

    private long MeasureData(ulong dataPointer)
    {
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        var bytes = 0L;
        using var cursor = Store.Range(StorageKeys.Of(from, dataPointer, DataRecord.Head), StorageKeys.Of(to, dataPointer, DataRecord.End));
        while (cursor.MoveNext()) bytes += cursor.Key.Length + cursor.Value.Length;
        return bytes;
    }

    internal CoreStorage Resume(DiscoveryKey discoveryKey, ulong corePointer, ulong dataPointer) =>
        new(this, discoveryKey, corePointer, dataPointer, ReadDependencies(dataPointer));

    internal CoreStorage CreateSession(CoreStorage parent, string name, in CoreHead? head)
    {
        lock (_gate)
        {
            var sessions = parent.ReadSessions().ToList();
            var at = sessions.FindIndex(entry => string.Equals(entry.Name, name, StringComparison.Ordinal));
            var pointer = at < 0 ? _head.NextData : sessions[at].DataPointer;
            if (at < 0) sessions.Add((name, pointer));
            var length = head?.Length ?? 0;
            var dependencies = Inherit(parent, length);
            var session = new CoreStorage(this, parent.DiscoveryKey, parent.CorePointer, pointer, dependencies);
            var batch = session.CreateBatch();
            var next = at < 0 ? _head with { NextData = _head.NextData + 1 } : _head;
            Restart(batch, head, dependencies[^1]);
            batch.SetSessions(new SessionList(sessions));
            batch.Batch.Put(StorageKeys.Head, next);
            Store.Write(batch.Batch);
            _head = next;
            return session;
        }
    }

    internal void DeleteSessions(CoreStorage core)
    {
        lock (_gate)
        {
            var batch = core.CreateBatch();
            DeleteData(batch.Batch, core.ReadSessions().Select(entry => entry.DataPointer));
            batch.SetSessions(new SessionList([]));
            Store.Write(batch.Batch);
        }
    }

    private static void Restart(CoreWriteBatch batch, in CoreHead? head, CoreDependency dependency)
    {
        batch.DeleteHead();
        batch.DeleteBlocks(0);
        batch.DeleteTreeNodes(0);
        batch.DeleteBitfieldPages(0);
        batch.SetDependency(dependency);
        if (head is { } start && (start.Length > 0 || start.Fork > 0)) batch.SetHead(start);
    }

    // What the parent has of its own below the length, above what the parent itself inherits below it.
    private static CoreDependency[] Inherit(CoreStorage parent, ulong length)
    {
        var all = parent.Dependencies.Where(dependency => dependency.Length < length).ToList();
        var at = all.Count;
        var last = at < parent.Dependencies.Count ? parent.Dependencies[at].DataPointer : parent.DataPointer;
        all.Add(new CoreDependency(last, length));
        return [.. all];
    }

    private static void DeleteAll(Kv.WriteBatch batch, CoreStorage core)
    {
        DeleteData(batch, core.ReadSessions().Select(entry => entry.DataPointer).Append(core.DataPointer));
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        batch.DeleteRange(StorageKeys.Of(from, core.CorePointer, CoreRecord.Auth), StorageKeys.Of(to, core.CorePointer, CoreRecord.End));
    }

    private static void DeleteData(Kv.WriteBatch batch, IEnumerable<ulong> dataPointers)
    {
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        foreach (var pointer in dataPointers) batch.DeleteRange(StorageKeys.Of(from, pointer, DataRecord.Head), StorageKeys.Of(to, pointer, DataRecord.End));
    }

    private static DiscoveryKey ReadDiscoveryKey(ReadOnlySpan<byte> value) =>
        value.Length == Bytes32.Size ? new DiscoveryKey(value) : throw StorageException.Damaged("the name of a core");

    private CorePointer? FindPointer(DiscoveryKey discoveryKey)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        if (!Store.TryGet<CorePointer>(StorageKeys.Core(key, discoveryKey), out var pointer)) return null;
        if (pointer.Version == StoreHead.CurrentVersion) return pointer;
        throw new StorageException(StorageFailure.Unsupported, $"Core {discoveryKey} has layout {pointer.Version}. Open it once with the version that wrote it, or a newer one, to convert it.");
    }

    // Follows the chain to its end. A farther link counts no further than the nearer ones let it; the farthest comes first.
    internal CoreDependency[] ReadDependencies(ulong dataPointer)
    {
        const int LongestChain = 1024;
        var chain = new List<CoreDependency>();
        var limit = ulong.MaxValue;
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        for (var at = dataPointer; Store.TryGet<CoreDependency>(StorageKeys.Of(key, at, DataRecord.Dependency), out var link); at = link.DataPointer)
        {
            if (chain.Count == LongestChain) throw StorageException.Damaged($"the chain of dependencies of data {dataPointer}");
            limit = Math.Min(limit, link.Length);
            chain.Add(link with { Length = limit });
        }

        chain.Reverse();
        return [.. chain];
    }
}
