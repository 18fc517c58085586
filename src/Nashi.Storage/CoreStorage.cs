using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>The records of one core, or of one of its named sessions.</summary>
/// <remarks>
/// Reads are synchronous, see every commit that has returned, and may run on any thread. Blocks and tree nodes below a dependency's length are read
/// from where that keeps them; head, hints, bitfield and user data are never inherited. Writers collect changes in a <see cref="CoreWriteBatch"/> and
/// commit it; many cores may commit at once. Two batches that contradict each other are the caller's business: one writer per core.
/// Spec: data.md §4.3–4.5.
/// </remarks>
public sealed class CoreStorage
{
    /// <summary>Bytes of a bitfield page: 32768 bits.</summary>
    public const int PageSize = 4096;

    private readonly IKeyValueStore _store;
    private readonly CoreStorage? _outside;
    private volatile CoreDependency[]? _ownDependencies;

    internal CoreStorage(CorestoreStorage owner, in DiscoveryKey discoveryKey, ulong corePointer, ulong dataPointer, CoreDependency[] dependencies)
    {
        (Owner, DiscoveryKey, CorePointer, DataPointer, _ownDependencies) = (owner, discoveryKey, corePointer, dataPointer, dependencies);
        _store = owner.Store;
    }

    private CoreStorage(CoreStorage outside, StorageAtom atom)
    {
        (Owner, DiscoveryKey, CorePointer, DataPointer) = (outside.Owner, outside.DiscoveryKey, outside.CorePointer, outside.DataPointer);
        (_outside, _store) = (outside, atom.Store);
    }

    /// <summary>The store it is part of.</summary>
    public CorestoreStorage Owner { get; }

    /// <summary>Whose records these are.</summary>
    public DiscoveryKey DiscoveryKey { get; }

    /// <summary>Where the core's identity lies; shared by all sessions of a core.</summary>
    public ulong CorePointer { get; }

    /// <summary>Where the core's, or the session's, data lies.</summary>
    public ulong DataPointer { get; }

    /// <summary>Where the blocks below certain lengths lie instead, shortest first.</summary>
    public IReadOnlyList<CoreDependency> Dependencies => Links;

    /// <summary>How many blocks are inherited rather than its own: 0 for a core itself.</summary>
    public ulong InheritedLength => Links is { Length: > 0 } links ? links[^1].Length : 0;

    private CoreDependency[] Links => _ownDependencies ?? _outside!.Links;

    /// <summary>Whether nothing can be written.</summary>
    public bool IsReadOnly => _store.IsReadOnly;

    /// <summary>Who the core is.</summary>
    /// <exception cref="StorageException">It is missing or damaged.</exception>
    public CoreAuth ReadAuth()
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryGet<CoreAuth>(StorageKeys.Of(key, CorePointer, CoreRecord.Auth), out var auth)
            ? auth
            : throw StorageException.Damaged($"the keys of core {DiscoveryKey} (they are missing)");
    }

    /// <summary>How long the core is; null while it is empty.</summary>
    public CoreHead? ReadHead()
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryGet<CoreHead>(StorageKeys.Of(key, DataPointer, DataRecord.Head), out var head) ? head : null;
    }

    /// <summary>What saves work at the start; all zero when nothing is known.</summary>
    public CoreHints ReadHints()
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryGet<CoreHints>(StorageKeys.Of(key, DataPointer, DataRecord.Hints), out var hints) ? hints : default;
    }

    /// <summary>The names of the core's sessions that have data of their own.</summary>
    public IReadOnlyList<string> ReadSessionNames() => [.. ReadSessions().Select(entry => entry.Name)];

    /// <summary>Reads a node of the Merkle tree.</summary>
    public bool TryReadTreeNode(ulong index, out ulong size, out Bytes32 hash)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        var found = _store.TryGet<NodeRecord>(StorageKeys.Of(key, PointerOfNode(index), DataRecord.Tree, index), out var node);
        if (found && node.Index != index) throw StorageException.Damaged($"tree node {index} of core {DiscoveryKey} (it says it is node {node.Index})");
        (size, hash) = (node.NodeSize, node.Hash);
        return found;
    }

    /// <summary>Reads a block without copying it.</summary>
    public bool TryReadBlock<TState, TResult>(ulong index, TState state, ValueReader<TState, TResult> reader, out TResult result)
        where TState : allows ref struct
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryRead(StorageKeys.Of(key, PointerOfBlock(index), DataRecord.Block, index), state, reader, out result);
    }

    /// <summary>Reads a block into a new array; null when it is not stored.</summary>
    public byte[]? ReadBlock(ulong index) => TryReadBlock(index, 0, static (value, _) => value.ToArray(), out var block) ? block : null;

    /// <summary>Whether a block is stored.</summary>
    public bool HasBlock(ulong index) => TryReadBlock(index, 0, static (_, _) => true, out _);

    /// <summary>Walks the stored blocks from <paramref name="start"/> up to, not including, <paramref name="end"/>, as they are now.</summary>
    public BlockCursor ReadBlocks(ulong start = 0, ulong end = ulong.MaxValue) => new(_store, Segments(start, end));

    /// <summary>Copies a page of the bitfield to <paramref name="bits"/>, which has <see cref="PageSize"/> bytes; false when it is not stored.</summary>
    public bool TryReadBitfieldPage(ulong page, Span<byte> bits)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryRead(StorageKeys.Bitfield(key, DataPointer, page), bits, CopyPage, out _);
    }

    /// <summary>Calls <paramref name="reader"/> with each stored page of the bitfield, in order.</summary>
    public void ReadBitfield<TState>(TState state, PageReader<TState> reader) => ReadPages(DataRecord.Bitfield, state, reader);

    /// <summary>Copies a page of the marks to <paramref name="bits"/>, which has <see cref="PageSize"/> bytes; false when it is not stored.</summary>
    public bool TryReadMarkPage(ulong page, Span<byte> bits)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryRead(StorageKeys.Of(key, DataPointer, DataRecord.Mark, page), bits, CopyPage, out _);
    }

    /// <summary>Calls <paramref name="reader"/> with each stored page of the marks, in order.</summary>
    public void ReadMarks<TState>(TState state, PageReader<TState> reader) => ReadPages(DataRecord.Mark, state, reader);

    /// <summary>What the application keeps with the core under a name; null when nothing.</summary>
    public byte[]? ReadUserData(string name) => _store.Get(StorageKeys.UserData(DataPointer, name));

    /// <summary>All that the application keeps with the core.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]>> ReadAllUserData()
    {
        var all = new List<KeyValuePair<string, byte[]>>();
        using var cursor = Range(DataRecord.UserData);
        while (cursor.MoveNext())
        {
            if (!StorageKeys.TrySplit(cursor.Key, out _, out var rest) || !IndexEncoder.TryReadBytes(ref rest, out var name)) continue;
            all.Add(new(System.Text.Encoding.UTF8.GetString(name), cursor.Value.ToArray()));
        }

        return all;
    }

    /// <summary>A record that is kept beside the core and never replicated; null when absent.</summary>
    public byte[]? ReadLocal(ReadOnlySpan<byte> name) => _store.Get(StorageKeys.Local(DataPointer, name));

    /// <summary>The records kept beside the core whose names lie from <paramref name="from"/> up to, not including, <paramref name="to"/>.</summary>
    public IReadOnlyList<KeyValuePair<byte[], byte[]>> ReadLocals(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to)
    {
        var all = new List<KeyValuePair<byte[], byte[]>>();
        using var cursor = _store.Range(StorageKeys.Local(DataPointer, from), StorageKeys.Local(DataPointer, to));
        while (cursor.MoveNext())
        {
            if (StorageKeys.TrySplit(cursor.Key, out _, out var name)) all.Add(new(name.ToArray(), cursor.Value.ToArray()));
        }

        return all;
    }

    /// <summary>Opens a named session; null when the core has none of that name.</summary>
    public CoreStorage? TryOpenSession(string name)
    {
        foreach (var entry in ReadSessions())
        {
            if (string.Equals(entry.Name, name, StringComparison.Ordinal)) return Owner.Resume(DiscoveryKey, CorePointer, entry.DataPointer);
        }

        return null;
    }

    /// <summary>Makes a named session that starts at <paramref name="head"/> and keeps its own changes; one of the same name starts over.</summary>
    public CoreStorage CreateSession(string name, in CoreHead? head) => Owner.CreateSession(this, name, head);

    /// <summary>Removes all named sessions and what they keep.</summary>
    public void DeleteSessions() => Owner.DeleteSessions(this);

    /// <summary>Starts collecting changes.</summary>
    public CoreWriteBatch CreateBatch() => new(this, _store.CreateBatch());

    /// <summary>Starts collecting changes of this core that are committed with another core's: both or neither are applied.</summary>
    public CoreWriteBatch CreateBatch(CoreWriteBatch together)
    {
        ArgumentNullException.ThrowIfNull(together);
        if (together.Core.Owner != Owner) throw new ArgumentException("The other batch belongs to another store.", nameof(together));
        return new CoreWriteBatch(this, together.Batch);
    }

    /// <summary>Applies a batch as a whole; it is then empty and may be used again.</summary>
    /// <remarks>The changes can be read as soon as this returns; what it returns completes when they are as durable as asked.</remarks>
    /// <exception cref="StorageException">Nothing of it was applied; or, from the returned task, it was but is not known to be on the disk.</exception>
    public ValueTask CommitAsync(CoreWriteBatch batch, Durability durability)
    {
        ArgumentNullException.ThrowIfNull(batch);
        _store.Write(batch.Batch);
        if (batch.NewDependencies is { } links) _ownDependencies = links;
        batch.NewDependencies = null;
        return durability == Durability.Synced ? _store.SyncAsync() : ValueTask.CompletedTask;
    }

    /// <summary>The same records as they are inside an atom: what is written here stays there until the atom is written.</summary>
    public CoreStorage In(StorageAtom atom)
    {
        ArgumentNullException.ThrowIfNull(atom);
        if (atom.Owner != Owner) throw new ArgumentException("The atom belongs to another store.", nameof(atom));
        return new CoreStorage(_outside ?? this, atom);
    }

    /// <summary>Inherits no more than so many blocks from one place: its records are about to say so.</summary>
    public void LimitInheritance(ulong dataPointer, ulong length)
    {
        _ownDependencies = Array.ConvertAll(Links, link => link.DataPointer == dataPointer && link.Length > length ? link with { Length = length } : link);
    }

    /// <summary>Reads anew what is inherited: somebody changed it in the records.</summary>
    public void RefreshInheritance()
    {
        if (_outside is null) _ownDependencies = Owner.ReadDependencies(DataPointer);
    }

    /// <summary>After its atom was written: what is inherited outside is now what was inherited inside.</summary>
    public void HandleAtomWritten()
    {
        if (_outside is null || _ownDependencies is not { } links) return;
        _outside._ownDependencies = links;
        _ownDependencies = null;
    }

    /// <summary>After its atom was cleared: nothing was changed.</summary>
    public void HandleAtomCleared()
    {
        if (_outside is not null) _ownDependencies = null;
    }

    /// <summary>Gives the space of what was removed back to the disk. Slow.</summary>
    public void Compact() => Owner.CompactData(DataPointer);

    // What is inherited once the length of that changes: links that end before it stay, the one that reaches it ends there.
    internal CoreDependency[] LinksUpTo(ulong length)
    {
        var links = Links;
        if (links.Length == 0) throw new InvalidOperationException("A core itself inherits nothing.");
        var kept = links.Count(link => link.Length < length);
        var pointer = links[Math.Min(kept, links.Length - 1)].DataPointer;
        return [.. links.Take(Math.Min(kept, links.Length - 1)), new CoreDependency(pointer, length)];
    }

    internal IReadOnlyList<(string Name, ulong DataPointer)> ReadSessions()
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return _store.TryGet<SessionList>(StorageKeys.Of(key, CorePointer, CoreRecord.Sessions), out var list) ? list.Entries : [];
    }

    private static bool CopyPage(ReadOnlySpan<byte> value, Span<byte> bits)
    {
        // Pages of other sizes are cut or filled up: the bits that are there still count.
        var length = Math.Min(value.Length, bits.Length);
        value[..length].CopyTo(bits);
        bits[length..].Clear();
        return true;
    }

    private ulong PointerOfBlock(ulong index)
    {
        foreach (var dependency in Links)
        {
            if (index < dependency.Length) return dependency.DataPointer;
        }

        return DataPointer;
    }

    private ulong PointerOfNode(ulong index)
    {
        if (Links.Length == 0) return DataPointer;
        var last = FlatTree.RightSpan(index);
        foreach (var dependency in Links)
        {
            if (dependency.Length > 0 && last <= (dependency.Length - 1) * 2) return dependency.DataPointer;
        }

        return DataPointer;
    }

    private List<(ulong Pointer, ulong Start, ulong End)> Segments(ulong start, ulong end)
    {
        var segments = new List<(ulong Pointer, ulong Start, ulong End)>();
        foreach (var dependency in Links)
        {
            if (start >= end) return segments;
            if (start >= dependency.Length) continue;
            segments.Add((dependency.DataPointer, start, Math.Min(end, dependency.Length)));
            start = dependency.Length;
        }

        if (start < end) segments.Add((DataPointer, start, end));
        return segments;
    }

    private void ReadPages<TState>(DataRecord record, TState state, PageReader<TState> reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        using var cursor = Range(record);
        while (cursor.MoveNext())
        {
            if (StorageKeys.TrySplit(cursor.Key, out _, out var rest) && IndexEncoder.TryReadUInt(ref rest, out var page)) reader(page, cursor.Value, state);
        }
    }

    private KeyValueCursor Range(DataRecord record)
    {
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        return _store.Range(StorageKeys.Of(from, DataPointer, record), StorageKeys.Of(to, DataPointer, record + 1));
    }
}
