using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hypercore.Merkle;

/// <summary>The three hashes of the tree: leaf, parent, and the roots together. Spec: data.md §2.3.</summary>
public static class MerkleHash
{
    private const byte LeafType = 0;
    private const byte ParentType = 1;
    private const byte RootsType = 2;
    private const int RootSize = 32 + 8 + 8;

    // FlatTree has at most one full root for each bit of a length below 2^53.
    private const int MaxRoots = 53;

    /// <summary>The hash of a block's stored bytes.</summary>
    public static Bytes32 Leaf(ReadOnlySpan<byte> block)
    {
        Span<byte> head = stackalloc byte[9];
        head[0] = LeafType;
        BinaryPrimitives.WriteUInt64LittleEndian(head[1..], (ulong)block.Length);
        return Blake2b.HashParts(head, block);
    }

    /// <summary>The leaf node of a block.</summary>
    public static TreeNode LeafNode(ulong block, ReadOnlySpan<byte> value) => new(block * 2, (ulong)value.Length, Leaf(value));

    /// <summary>The node above two siblings, given in any order.</summary>
    public static TreeNode ParentNode(in TreeNode a, in TreeNode b)
    {
        var (left, right) = a.Index <= b.Index ? (a, b) : (b, a);
        var size = left.Size + right.Size;
        Span<byte> input = stackalloc byte[1 + 8 + 32 + 32];
        input[0] = ParentType;
        BinaryPrimitives.WriteUInt64LittleEndian(input[1..], size);
        left.Hash.AsSpan().CopyTo(input[9..]);
        right.Hash.AsSpan().CopyTo(input[41..]);
        return new(FlatTree.Parent(left.Index), size, Blake2b.Hash(input));
    }

    /// <summary>The hash of the whole tree, from its full roots, left to right.</summary>
    public static Bytes32 Roots(ReadOnlySpan<TreeNode> roots)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(roots.Length, MaxRoots);
        Span<byte> input = stackalloc byte[1 + (MaxRoots * RootSize)];
        input[0] = RootsType;
        var rest = input[1..];
        foreach (ref readonly var root in roots)
        {
            root.Hash.AsSpan().CopyTo(rest);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[32..], root.Index);
            BinaryPrimitives.WriteUInt64LittleEndian(rest[40..], root.Size);
            rest = rest[RootSize..];
        }

        return Blake2b.Hash(input[..^rest.Length]);
    }

    /// <summary>Bytes below these roots together.</summary>
    public static ulong TotalSize(ReadOnlySpan<TreeNode> roots)
    {
        var size = 0UL;
        foreach (ref readonly var root in roots) size += root.Size;
        return size;
    }
}
