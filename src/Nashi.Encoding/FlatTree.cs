using System.Numerics;

namespace Nashi.Encoding;

/// <summary>Arithmetic on a binary tree laid flat: leaf <c>i</c> is node <c>2i</c>, parents lie between their children.</summary>
/// <remarks>All indices are 64-bit and below 2^63. Source: data.md §1.4.</remarks>
public static class FlatTree
{
    /// <summary>The node index of leaf number <paramref name="leaf"/>.</summary>
    public static ulong Leaf(ulong leaf) => leaf * 2;

    /// <summary>Height above the leaves: the number of trailing one bits.</summary>
    public static int Depth(ulong index) => BitOperations.TrailingZeroCount(~index);

    /// <summary>Position among the nodes of its depth, from the left.</summary>
    public static ulong Offset(ulong index) => index >> (Depth(index) + 1);

    /// <summary>The node at a depth and offset.</summary>
    public static ulong Index(int depth, ulong offset) => (offset << (depth + 1)) | ((1UL << depth) - 1);

    /// <summary>The parent node.</summary>
    public static ulong Parent(ulong index)
    {
        var bit = 1UL << Depth(index);
        return (index | bit) & ~(bit << 1);
    }

    /// <summary>The other child of the same parent.</summary>
    public static ulong Sibling(ulong index) => index ^ (2UL << Depth(index));

    /// <summary>The left child; the node must not be a leaf.</summary>
    public static ulong LeftChild(ulong index) => index - (1UL << (Depth(index) - 1));

    /// <summary>The right child; the node must not be a leaf.</summary>
    public static ulong RightChild(ulong index) => index + (1UL << (Depth(index) - 1));

    /// <summary>The left-most leaf node below.</summary>
    public static ulong LeftSpan(ulong index) => index - ((1UL << Depth(index)) - 1);

    /// <summary>The right-most leaf node below.</summary>
    public static ulong RightSpan(ulong index) => index + ((1UL << Depth(index)) - 1);

    /// <summary>How many leaves lie below.</summary>
    public static ulong CountLeaves(ulong index) => 1UL << Depth(index);

    /// <summary>Whether <paramref name="node"/> lies in the subtree below <paramref name="root"/>, itself included.</summary>
    public static bool Contains(ulong root, ulong node) => node >= LeftSpan(root) && node <= RightSpan(root);

    /// <summary>How many full roots a tree of <paramref name="leaves"/> leaves has: the set bits.</summary>
    public static int CountRoots(ulong leaves) => BitOperations.PopCount(leaves);

    /// <summary>Writes the full roots of a tree of <paramref name="leaves"/> leaves, left to right.</summary>
    /// <returns>How many were written; <paramref name="roots"/> needs room for <see cref="CountRoots"/>.</returns>
    public static int FullRoots(ulong leaves, Span<ulong> roots)
    {
        var (count, start) = (0, 0UL);
        while (leaves != 0)
        {
            var size = 1UL << BitOperations.Log2(leaves);
            roots[count++] = (start * 2) + size - 1;
            start += size;
            leaves -= size;
        }

        return count;
    }

    /// <summary>The full roots of a tree of <paramref name="leaves"/> leaves, left to right, as a new array.</summary>
    public static ulong[] FullRoots(ulong leaves)
    {
        var roots = new ulong[CountRoots(leaves)];
        FullRoots(leaves, roots);
        return roots;
    }
}
