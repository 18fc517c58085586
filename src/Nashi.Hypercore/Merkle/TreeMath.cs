using System.Numerics;
using Nashi.Encoding;

namespace Nashi.Hypercore.Merkle;

/// <summary>How a tree grows.</summary>
internal static class TreeMath
{
    /// <summary>No core is longer: tree indices and byte counts must fit the wire's 53 bits.</summary>
    public const ulong MaxLength = 1UL << 51;

    /// <summary>No tree has more bytes.</summary>
    public const ulong MaxSize = CompactReader.MaxUInt;

    /// <summary>
    /// The node that grows a tree of <paramref name="length"/> blocks the most without passing <paramref name="target"/>: it starts where the tree ends, is
    /// no larger than the last root, and so either joins with it or becomes the next root. Repeating this gives the nodes of an upgrade, in their order.
    /// </summary>
    public static ulong NextNode(ulong length, ulong target)
    {
        var depth = BitOperations.Log2(target - length);
        if (length != 0) depth = Math.Min(depth, BitOperations.TrailingZeroCount(length));
        return FlatTree.Index(depth, length >> depth);
    }

    /// <summary>Whether a node lies within a tree of <paramref name="length"/> blocks.</summary>
    public static bool IsWithin(ulong index, ulong length) => index < MaxLength * 2 && FlatTree.RightSpan(index) < length * 2;

    /// <summary>Climbs from a node; false when that leaves the tree.</summary>
    public static bool TryClimb(ulong index, ulong levels, ulong length, out ulong root)
    {
        root = index;
        if (levels > 64 || !IsWithin(index, length)) return false;
        for (var i = 0UL; i < levels; i++)
        {
            root = FlatTree.Parent(root);
            if (!IsWithin(root, length)) return false;
        }

        return true;
    }
}
