using Nashi.Cryptography;

namespace Nashi.Hypercore;

/// <summary>How a branch's blocks become the core's.</summary>
public sealed record CoreCommitOptions
{
    /// <summary>The usual way.</summary>
    public static CoreCommitOptions Default { get; } = new();

    /// <summary>Takes the branch's blocks below this length. Default null: all.</summary>
    public ulong? Length { get; init; }

    /// <summary>Signs instead of the core's key pair. Default null.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>The signature over the branch's tree at <see cref="Length"/>, made elsewhere: see <see cref="Core.AssembleSignature"/>. Default null: the key pair signs.</summary>
    public ReadOnlyMemory<byte>? Signature { get; init; }
}
