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

    /// <summary>What an append waits for.</summary>
    public Nashi.Storage.Kv.Durability? Durability { get; init; }
}
