using Nashi.Storage.Kv;

namespace Nashi.Storage;

/// <summary>Changes of several cores that are collected in memory and written as one: all or none.</summary>
/// <remarks>Made by <see cref="CorestoreStorage.CreateAtom"/>; <see cref="CoreStorage.In"/> gives the records of a core as they are inside it. Thread-safe.</remarks>
public sealed class StorageAtom
{
    private readonly CorestoreStorage _owner;

    internal StorageAtom(CorestoreStorage owner)
    {
        _owner = owner;
        Store = new OverlayStore(owner.Store);
    }

    /// <summary>The store whose changes these are.</summary>
    public CorestoreStorage Owner => _owner;

    /// <summary>Whether it holds no changes.</summary>
    public bool IsEmpty => Store.IsEmpty;

    internal OverlayStore Store { get; }

    /// <summary>Writes all changes as one, and then those of <paramref name="also"/>; the atom is then empty and can be used again.</summary>
    /// <exception cref="StorageException">Nothing was written, and the atom is as before.</exception>
    public void Write(IEnumerable<CoreWriteBatch>? also = null)
    {
        var batch = _owner.Store.CreateBatch();
        Store.CopyTo(batch);
        foreach (var more in also ?? []) batch.Append(more.Batch);
        _owner.Store.Write(batch);
        Store.Clear();
    }

    /// <summary>Forgets all changes.</summary>
    public void Clear() => Store.Clear();
}
