using Nashi.Encoding;
using Nashi.Hypercore.Seam;

namespace Nashi.Hypercore.Merkle;

/// <summary>Finds bytes in a tree. Spec: data.md §2.5.</summary>
internal static class ByteSeek
{
    /// <summary>Locates a byte; null when it is beyond the end.</summary>
    public static SeekResult? Find(TreeTip tree, INodeSource nodes, ulong bytes, ulong padding)
    {
        foreach (var root in tree.Roots)
        {
            var size = Unpadded(root, padding);
            if (bytes < size) return Descend(root.Index, nodes, bytes, padding);
            bytes -= size;
        }

        return bytes == 0 ? new SeekResult(true, tree.Length, 0, tree.Length, tree.Length) : null;
    }

    /// <summary>A node's size without the padding of its blocks.</summary>
    public static ulong Unpadded(in TreeNode node, ulong padding)
    {
        var total = padding * FlatTree.CountLeaves(node.Index);
        return node.Size < total ? 0 : node.Size - total;
    }

    private static SeekResult Descend(ulong index, INodeSource nodes, ulong bytes, ulong padding)
    {
        while ((index & 1) != 0)
        {
            if (!nodes.TryGet(FlatTree.LeftChild(index), out var left))
            {
                var first = FlatTree.LeftSpan(index) / 2;
                return new(false, 0, bytes, first, first + FlatTree.CountLeaves(index));
            }

            var size = Unpadded(left, padding);
            if (bytes < size)
            {
                index = left.Index;
                continue;
            }

            bytes -= size;
            index = FlatTree.RightChild(index);
        }

        return new(true, index / 2, bytes, index / 2, (index / 2) + 1);
    }
}
