using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>Changes of one core that are applied as a whole, in order. Not thread-safe; empty again after its commit.</summary>
/// <remarks>Everything is encoded where RocksDB reads it from; spans that are returned must be filled before the next change.</remarks>
public sealed class CoreWriteBatch
{
    /// <summary>As the end of a range: all that follow.</summary>
    public const ulong ToTheEnd = StorageKeys.End;

    internal CoreWriteBatch(CoreStorage core, WriteBatch batch) => (Core, Batch) = (core, batch);

    /// <summary>Whose changes these are.</summary>
    public CoreStorage Core { get; }

    /// <summary>How many changes it holds.</summary>
    public int Count => Batch.Count;

    /// <summary>How many bytes the changes take.</summary>
    public int Size => Batch.Size;

    internal WriteBatch Batch { get; }

    internal CoreDependency[]? NewDependencies { get; set; }

    /// <summary>Sets who the core is.</summary>
    public void SetAuth(CoreAuth auth)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.CorePointer, CoreRecord.Auth), auth);
    }

    /// <summary>Sets how long the core is.</summary>
    public void SetHead(in CoreHead head)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Head), head);
    }

    /// <summary>Removes the head: the core is empty again.</summary>
    public void DeleteHead()
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Delete(StorageKeys.Of(key, Core.DataPointer, DataRecord.Head));
    }

    /// <summary>Sets what saves work at the next start.</summary>
    public void SetHints(in CoreHints hints)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Hints), hints);
    }

    /// <summary>Stores a node of the Merkle tree.</summary>
    public void PutTreeNode(ulong index, ulong size, in Bytes32 hash)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Tree, index), new NodeRecord(index, size, hash));
    }

    /// <summary>Removes a node of the Merkle tree.</summary>
    public void DeleteTreeNode(ulong index)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Delete(StorageKeys.Of(key, Core.DataPointer, DataRecord.Tree, index));
    }

    /// <summary>Removes the nodes from one flat-tree index up to, not including, another.</summary>
    public void DeleteTreeNodes(ulong start, ulong end = ToTheEnd) => DeleteRange(DataRecord.Tree, start, end);

    /// <summary>Stores a block.</summary>
    public void PutBlock(ulong index, ReadOnlySpan<byte> block) => block.CopyTo(PutBlock(index, block.Length));

    /// <summary>Stores a block of a given length and returns where to write it.</summary>
    public Span<byte> PutBlock(ulong index, int length)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        return Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Block, index), length);
    }

    /// <summary>Removes a block.</summary>
    public void DeleteBlock(ulong index)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Delete(StorageKeys.Of(key, Core.DataPointer, DataRecord.Block, index));
    }

    /// <summary>Removes the blocks from one up to, not including, another.</summary>
    public void DeleteBlocks(ulong start, ulong end = ToTheEnd) => DeleteRange(DataRecord.Block, start, end);

    /// <summary>Stores a page of the bitfield: <see cref="CoreStorage.PageSize"/> bytes.</summary>
    public void PutBitfieldPage(ulong page, ReadOnlySpan<byte> bits)
    {
        CheckPage(bits);
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Bitfield(key, Core.DataPointer, page), bits);
    }

    /// <summary>Removes a page of the bitfield.</summary>
    public void DeleteBitfieldPage(ulong page)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Delete(StorageKeys.Bitfield(key, Core.DataPointer, page));
    }

    /// <summary>Removes the pages of the bitfield from one up to, not including, another.</summary>
    public void DeleteBitfieldPages(ulong start, ulong end = ToTheEnd) => DeleteRange(DataRecord.Bitfield, start, end);

    /// <summary>Stores a page of the marks: <see cref="CoreStorage.PageSize"/> bytes.</summary>
    public void PutMarkPage(ulong page, ReadOnlySpan<byte> bits)
    {
        CheckPage(bits);
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Mark, page), bits);
    }

    /// <summary>Removes the pages of the marks from one up to, not including, another.</summary>
    public void DeleteMarkPages(ulong start, ulong end = ToTheEnd) => DeleteRange(DataRecord.Mark, start, end);

    /// <summary>Keeps something with the core under a name.</summary>
    public void PutUserData(string name, ReadOnlySpan<byte> value) => Batch.Put(StorageKeys.UserData(Core.DataPointer, name), value);

    /// <summary>Removes what is kept under a name.</summary>
    public void DeleteUserData(string name) => Batch.Delete(StorageKeys.UserData(Core.DataPointer, name));

    /// <summary>Keeps a record beside the core, never replicated; names have at most 2048 bytes.</summary>
    public void PutLocal(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) => Batch.Put(StorageKeys.Local(Core.DataPointer, name), value);

    /// <summary>Removes a record kept beside the core.</summary>
    public void DeleteLocal(ReadOnlySpan<byte> name) => Batch.Delete(StorageKeys.Local(Core.DataPointer, name));

    /// <summary>Removes the records kept beside the core from one name up to, not including, another.</summary>
    public void DeleteLocals(ReadOnlySpan<byte> from, ReadOnlySpan<byte> to) =>
        Batch.DeleteRange(StorageKeys.Local(Core.DataPointer, from), StorageKeys.Local(Core.DataPointer, to));

    /// <summary>Changes how many blocks a session inherits, with the commit of this batch. Its own blocks below that are the caller's to remove.</summary>
    public void SetInheritedLength(ulong length)
    {
        NewDependencies = Core.LinksUpTo(length);
        SetDependency(NewDependencies[^1]);
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear()
    {
        Batch.Clear();
        NewDependencies = null;
    }

    internal void SetDependency(CoreDependency dependency)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.DataPointer, DataRecord.Dependency), dependency);
    }

    internal void SetSessions(SessionList sessions)
    {
        Span<byte> key = stackalloc byte[StorageKeys.MaxSize];
        Batch.Put(StorageKeys.Of(key, Core.CorePointer, CoreRecord.Sessions), sessions);
    }

    private static void CheckPage(ReadOnlySpan<byte> bits)
    {
        if (bits.Length != CoreStorage.PageSize) throw new ArgumentException($"A page has {CoreStorage.PageSize} bytes.", nameof(bits));
    }

    private void DeleteRange(DataRecord record, ulong start, ulong end)
    {
        Span<byte> from = stackalloc byte[StorageKeys.MaxSize];
        Span<byte> to = stackalloc byte[StorageKeys.MaxSize];
        Batch.DeleteRange(StorageKeys.Of(from, Core.DataPointer, record, start), StorageKeys.Of(to, Core.DataPointer, record, end));
    }
}
