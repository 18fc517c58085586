using Nashi.Encoding;

namespace Nashi.Hypercore.Merkle;

/// <summary>A tree being grown: its roots, and the nodes that came with the growth. One owner; reused.</summary>
/// <remarks>Invariant: <c>Roots</c> are the full roots of <see cref="Length"/> blocks, left to right.</remarks>
internal sealed class MerkleBatch
{
    // A tree has one root per bit of its length.
    private readonly TreeNode[] _roots = new TreeNode[64];
    private int _rootCount;

    /// <summary>Nodes that are new, in order of creation.</summary>
    public List<TreeNode> Nodes { get; } = [];

    public ReadOnlySpan<TreeNode> Roots => _roots.AsSpan(0, _rootCount);

    public ulong Fork { get; set; }

    public ulong Length { get; private set; }

    public ulong ByteLength { get; private set; }

    public void Reset(TreeTip tip)
    {
        tip.Roots.CopyTo(_roots, 0);
        (_rootCount, Fork, Length, ByteLength) = (tip.Roots.Length, tip.Fork, tip.Length, tip.ByteLength);
        Nodes.Clear();
    }

    public void Reset(ulong fork)
    {
        (_rootCount, Fork, Length, ByteLength) = (0, fork, 0, 0);
        Nodes.Clear();
    }

    public void CopyFrom(MerkleBatch other)
    {
        other._roots.AsSpan(0, other._rootCount).CopyTo(_roots);
        (_rootCount, Fork, Length, ByteLength) = (other._rootCount, other.Fork, other.Length, other.ByteLength);
        Nodes.Clear();
    }

    /// <summary>Adds a block, as it is stored.</summary>
    public void Append(ReadOnlySpan<byte> block) => AppendRoot(MerkleHash.LeafNode(Length, block));

    /// <summary>Adds a node that starts where the tree ends; joins roots as far as that goes.</summary>
    public void AppendRoot(in TreeNode node)
    {
        Length += FlatTree.CountLeaves(node.Index);
        ByteLength += node.Size;
        Nodes.Add(node);
        var last = node;
        while (_rootCount > 0 && FlatTree.Sibling(last.Index) == _roots[_rootCount - 1].Index)
        {
            last = MerkleHash.ParentNode(_roots[--_rootCount], last);
            Nodes.Add(last);
        }

        _roots[_rootCount++] = last;
    }

    public Bytes32 Hash() => MerkleHash.Roots(Roots);

    public TreeTip ToTip(byte[]? signature) => new(Fork, Length, Roots.ToArray(), signature);
}
