using Nashi.Cryptography;

namespace Nashi.Hypercore;

/// <summary>What an append depends on, and what signs it.</summary>
public sealed record CoreAppendOptions
{
    /// <summary>The usual way.</summary>
    public static CoreAppendOptions Default { get; } = new();

    /// <summary>Appends only when the core has this length; otherwise nothing happens and the length of now is returned. Default null: any.</summary>
    public ulong? ExpectedLength { get; init; }

    /// <summary>Appends only when the core is on this fork; otherwise nothing happens. Default null: any.</summary>
    public ulong? ExpectedFork { get; init; }

    /// <summary>Appends only when the core is not longer than this afterwards; otherwise nothing happens. Default null: no limit.</summary>
    public ulong? MaxLength { get; init; }

    /// <summary>Signs instead of the session's key pair; must be a signer of the manifest. Default null.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>The signature over the tree that results, made elsewhere: see <see cref="Core.AssembleSignature"/>. Checked before anything is stored. Default null.</summary>
    public ReadOnlyMemory<byte>? Signature { get; init; }

    internal bool IsPlain => this == Default;

    internal bool Allows(Merkle.TreeTip tree, ulong count) => Allows(tree.Length, tree.Fork, count);

    internal bool Allows(ulong length, ulong fork, ulong count) =>
        (ExpectedLength ?? length) == length && (ExpectedFork ?? fork) == fork && length + count <= (MaxLength ?? ulong.MaxValue);
}
