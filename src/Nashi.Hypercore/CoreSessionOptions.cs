namespace Nashi.Hypercore;

/// <summary>What a further session of a core does differently; null takes over from the session it is made from.</summary>
public sealed record CoreSessionOptions
{
    /// <summary>Whether reads ask peers for what is not here.</summary>
    public bool? Wait { get; init; }

    /// <summary>How long reads wait; <see cref="System.Threading.Timeout.InfiniteTimeSpan"/> has no limit.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>False makes a session that can not write.</summary>
    public bool? IsWritable { get; init; }

    /// <summary>The key that the blocks are encrypted with.</summary>
    public ReadOnlyMemory<byte>? EncryptionKey { get; init; }

    /// <summary>How blocks are encrypted, instead of with a key.</summary>
    public Encryption.IBlockEncryption? Encryption { get; init; }

    /// <summary>Reads and appends blocks as they are, whatever the session it is made from does.</summary>
    public bool IsPlain { get; init; }

    /// <summary>
    /// The session reads and writes a branch of this name: unsigned changes of its own on top of the core's blocks, kept in the store until they are committed
    /// (<see cref="Core.CommitAsync"/>) or started over. All sessions of one name share one branch; the first makes it, at the length of the session it is made from.
    /// </summary>
    public string? Name { get; init; }

    /// <summary>With <see cref="Name"/>: starts the branch over. Default false.</summary>
    public bool Overwrite { get; init; }

    /// <summary>With <see cref="Name"/>: cuts the branch to this length. Default null.</summary>
    public ulong? Checkout { get; init; }

    /// <summary>
    /// What this session writes is collected in the atom, is seen only through sessions in that atom, and is stored by <see cref="CoreAtom.WriteAsync"/> with
    /// everything else there, or not at all.
    /// </summary>
    public CoreAtom? Atom { get; init; }

    /// <summary>What an append waits for.</summary>
    public Nashi.Storage.Kv.Durability? Durability { get; init; }
}
