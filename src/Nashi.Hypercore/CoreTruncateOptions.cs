using Nashi.Cryptography;

namespace Nashi.Hypercore;

/// <summary>How a core or branch is cut.</summary>
public sealed record CoreTruncateOptions
{
    /// <summary>The length afterwards.</summary>
    public required ulong Length { get; init; }

    /// <summary>The fork afterwards: higher than that of now for a core, not lower for a branch. Default null: the next.</summary>
    public ulong? Fork { get; init; }

    /// <summary>Signs instead of the session's key pair. Default null.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>The signature over the tree that results, made elsewhere. Default null.</summary>
    public ReadOnlyMemory<byte>? Signature { get; init; }
}
