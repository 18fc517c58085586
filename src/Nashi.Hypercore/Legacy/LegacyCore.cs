using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;
using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.State;

namespace Nashi.Hypercore.Legacy;

/// <summary>A core in the files of hypercore 10: reads its nodes and blocks, and believes only what its signature covers.</summary>
internal sealed class LegacyCore : INodeSource, IDisposable
{
    private const int NodeSize = 40;

    private readonly SafeFileHandle? _tree;
    private readonly SafeFileHandle? _data;
    private readonly TreeNode[] _roots;
    private TreeProver? _prover;
    private ulong _nextBlock;
    private ulong _nextOffset;

    private LegacyCore(string folder, LegacyOplog log)
    {
        Log = log;
        _tree = Open(Path.Combine(folder, "tree"));
        _data = Open(Path.Combine(folder, "data"));
        ReadBits(folder);
        _roots = [.. FlatTree.FullRoots(log.Length).Select(index => TryGet(index, out var root) ? root : default)];
    }

    public LegacyOplog Log { get; }

    /// <summary>Blocks that it says it holds.</summary>
    public Bitfield Bits { get; } = new();

    public TreeTip Tip => new(Log.Fork, Log.Length, _roots, Log.Signature);

    /// <summary>Null when its log can not be read.</summary>
    public static LegacyCore? TryOpen(string folder)
    {
        var log = LegacyOplog.TryRead(File.ReadAllBytes(Path.Combine(folder, "oplog")), (start, length) => ReadHeader(folder, start, length));
        return log is null ? null : new LegacyCore(folder, log);
    }

    /// <summary>Whether its tree is the one that was signed.</summary>
    public bool IsSigned(Manifest manifest)
    {
        if (Log.Length == 0) return true;
        if (Array.Exists(_roots, static root => root.Hash == default)) return false;
        var tree = new MerkleBatch();
        tree.Reset(Tip);
        if (!new CoreVerifier(Log.Key, manifest).Verify(tree, Log.Signature)) return false;
        _prover = new TreeProver(this, _roots, Log.Length);
        return true;
    }

    public bool TryGet(ulong index, out TreeNode node)
    {
        if (Log.Nodes.TryGetValue(index, out node)) return true;
        Span<byte> bytes = stackalloc byte[NodeSize];
        if (index >= Log.CutAt || _tree is null || index > long.MaxValue / NodeSize || RandomAccess.Read(_tree, bytes, (long)index * NodeSize) < NodeSize) return false;
        node = new TreeNode(index, BinaryPrimitives.ReadUInt64LittleEndian(bytes), new Bytes32(bytes[8..]));
        return node.Hash != default;
    }

    /// <summary>Reads a block and the nodes that prove it and were not given before; null when it is not there, or not what was signed.</summary>
    public byte[]? TryRead(ulong block, List<TreeNode> nodes)
    {
        if (!TryGet(FlatTree.Leaf(block), out var leaf) || leaf.Size > CoreOptions.MaxBlockSize || OffsetOf(block) is not { } offset) return null;
        var bytes = new byte[leaf.Size];
        if (bytes.Length > 0 && (_data is null || RandomAccess.Read(_data, bytes, (long)offset) < bytes.Length)) return null;
        (_nextBlock, _nextOffset) = (block + 1, offset + leaf.Size);
        return MerkleHash.LeafNode(block, bytes) == leaf && _prover!.TryProve(leaf, nodes) ? bytes : null;
    }

    public void Dispose()
    {
        _tree?.Dispose();
        _data?.Dispose();
    }

    private ulong? OffsetOf(ulong block)
    {
        if (block == _nextBlock) return _nextOffset;
        var (leaf, offset) = (FlatTree.Leaf(block), 0UL);
        foreach (var root in _roots)
        {
            if (!FlatTree.Contains(root.Index, leaf))
            {
                offset += root.Size;
                continue;
            }

            for (var node = root.Index; node != leaf;)
            {
                if (leaf < node)
                {
                    node = FlatTree.LeftChild(node);
                    continue;
                }

                if (!TryGet(FlatTree.LeftChild(node), out var left)) return null;
                offset += left.Size;
                node = FlatTree.RightChild(node);
            }

            return offset;
        }

        return null;
    }

    private void ReadBits(string folder)
    {
        var path = Path.Combine(folder, "bitfield");
        var bytes = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var page = new byte[Storage.CoreStorage.PageSize];
        for (var at = 0; at < bytes.Length; at += page.Length)
        {
            var part = bytes.AsSpan(at, Math.Min(page.Length, bytes.Length - at));
            page.AsSpan().Clear();
            part.CopyTo(page);
            if (page.AsSpan().ContainsAnyExcept((byte)0)) Bits.Load((ulong)(at / page.Length), page);
        }

        foreach (var (start, length, isHeld) in Log.Changes) Bits.SetRange(start, Math.Min(start + length, isHeld ? Log.Length : ulong.MaxValue), isHeld);
        Bits.SetRange(Log.Length, ulong.MaxValue, false);
    }

    private static byte[]? ReadHeader(string folder, ulong start, ulong length)
    {
        var path = Path.Combine(folder, "header");
        if (!File.Exists(path) || length > 1 << 24) return null;
        using var file = File.OpenHandle(path);
        var bytes = new byte[length];
        return start <= long.MaxValue && RandomAccess.Read(file, bytes, (long)start) == bytes.Length ? bytes : null;
    }

    private static SafeFileHandle? Open(string path) => File.Exists(path) ? File.OpenHandle(path) : null;
}
