using Nashi.Encoding;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Merkle;

/// <summary>A tree at one instant: its roots and who vouches for them. Immutable.</summary>
internal sealed class TreeTip
{
    public static readonly TreeTip Empty = new(0, 0, [], null);

    public TreeTip(ulong fork, ulong length, TreeNode[] roots, byte[]? signature)
    {
        (Fork, Length, Roots, Signature) = (fork, length, roots, signature);
        foreach (var root in roots) ByteLength += root.Size;
        Hash = MerkleHash.Roots(roots);
    }

    /// <summary>The same tree, signed.</summary>
    public TreeTip(TreeTip tree, byte[] signature) =>
        (Fork, Length, Roots, ByteLength, Hash, Signature) = (tree.Fork, tree.Length, tree.Roots, tree.ByteLength, tree.Hash, signature);

    public ulong Fork { get; }

    public ulong Length { get; }

    public ulong ByteLength { get; }

    public TreeNode[] Roots { get; }

    public byte[]? Signature { get; }

    /// <summary>The tree hash.</summary>
    public Bytes32 Hash { get; }

    public CoreTip ToCoreTip() => new(Fork, Length, ByteLength);
}
