using Nashi.Encoding;
using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>The answer to a request.</summary>
/// <param name="Request">The id of the request; 0 for what was not asked for: pushes, probes for a conflict.</param>
/// <param name="Proof">The answer. When decoded, its memory is that of the message.</param>
internal readonly record struct DataMessage(ulong Request, Proof Proof)
{
    /// <summary>The most nodes in one list. A path has at most 53, an upgrade at most twice that.</summary>
    public const int MaxNodes = 128;

    private const ulong BlockFlag = 1, HashFlag = 2, SeekFlag = 4, UpgradeFlag = 8, ManifestFlag = 16;
    private const int MinNodeSize = 1 + 1 + Bytes32.Size;

    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out DataMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes.Span);
        if (!(reader.TryReadUInt(out var flags) && reader.TryReadUInt(out var request) && reader.TryReadUInt(out var fork))) return false;
        BlockProof? block = null;
        HashProof? hash = null;
        SeekProof? seek = null;
        UpgradeProof? upgrade = null;
        Manifest? manifest = null;
        if ((flags & BlockFlag) != 0 && !TryReadBlock(ref reader, bytes, out block)) return false;
        if ((flags & HashFlag) != 0 && !TryReadHash(ref reader, out hash)) return false;
        if ((flags & SeekFlag) != 0 && !TryReadSeek(ref reader, out seek)) return false;
        if ((flags & UpgradeFlag) != 0 && !TryReadUpgrade(ref reader, bytes, out upgrade)) return false;
        if ((flags & ManifestFlag) != 0 && !ManifestCodec.TryRead(ref reader, out manifest)) return false;
        message = new(request, new Proof { Fork = fork, Block = block, Hash = hash, Seek = seek, Upgrade = upgrade, Manifest = manifest });
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        var flags = (Proof.Block is null ? 0 : BlockFlag) | (Proof.Hash is null ? 0 : HashFlag) | (Proof.Seek is null ? 0 : SeekFlag)
            | (Proof.Upgrade is null ? 0 : UpgradeFlag) | (Proof.Manifest is null ? 0 : ManifestFlag);
        writer.WriteUInt(flags);
        writer.WriteUInt(Request);
        writer.WriteUInt(Proof.Fork);
        if (Proof.Block is { } block)
        {
            writer.WriteUInt(block.Index);
            writer.WriteBuffer(block.Value.GetValueOrDefault().Span);
            WriteNodes(ref writer, block.Nodes.Span);
        }

        if (Proof.Hash is { } hash)
        {
            writer.WriteUInt(hash.Index);
            WriteNodes(ref writer, hash.Nodes.Span);
        }

        if (Proof.Seek is { } seek)
        {
            writer.WriteUInt(seek.Bytes);
            WriteNodes(ref writer, seek.Nodes.Span);
        }

        if (Proof.Upgrade is { } upgrade)
        {
            writer.WriteUInt(upgrade.Start);
            writer.WriteUInt(upgrade.Length);
            WriteNodes(ref writer, upgrade.Nodes.Span);
            WriteNodes(ref writer, upgrade.AdditionalNodes.Span);
            writer.WriteBuffer(upgrade.Signature.Span);
        }

        if (Proof.Manifest is { } manifest) ManifestCodec.Write(ref writer, manifest);
    }

    private static bool TryReadBlock(ref CompactReader reader, ReadOnlyMemory<byte> bytes, out BlockProof? block)
    {
        block = null;
        if (!(reader.TryReadUInt(out var index) && TryReadSlice(ref reader, bytes, out var value) && TryReadNodes(ref reader, out var nodes))) return false;
        block = new(index, value, nodes);
        return true;
    }

    private static bool TryReadHash(ref CompactReader reader, out HashProof? hash)
    {
        hash = null;
        if (!(reader.TryReadUInt(out var index) && TryReadNodes(ref reader, out var nodes))) return false;
        hash = new(index, nodes);
        return true;
    }

    private static bool TryReadSeek(ref CompactReader reader, out SeekProof? seek)
    {
        seek = null;
        if (!(reader.TryReadUInt(out var offset) && TryReadNodes(ref reader, out var nodes))) return false;
        seek = new(offset, nodes);
        return true;
    }

    private static bool TryReadUpgrade(ref CompactReader reader, ReadOnlyMemory<byte> bytes, out UpgradeProof? upgrade)
    {
        upgrade = null;
        if (!(reader.TryReadUInt(out var start) && reader.TryReadUInt(out var length))) return false;
        if (!(TryReadNodes(ref reader, out var nodes) && TryReadNodes(ref reader, out var additional) && TryReadSlice(ref reader, bytes, out var signature))) return false;
        upgrade = new(start, length, nodes, additional, signature);
        return true;
    }

    private static bool TryReadSlice(ref CompactReader reader, ReadOnlyMemory<byte> bytes, out ReadOnlyMemory<byte> slice)
    {
        var ok = reader.TryReadBuffer(out var span);
        slice = ok ? bytes.Slice(bytes.Length - reader.Remaining - span.Length, span.Length) : default;
        return ok;
    }

    private static bool TryReadNodes(ref CompactReader reader, out ReadOnlyMemory<TreeNode> nodes)
    {
        nodes = default;
        if (!reader.TryReadArrayLength(MinNodeSize, out var count) || count > MaxNodes) return false;
        if (count == 0) return true;
        var list = new TreeNode[count];
        for (var i = 0; i < count; i++)
        {
            if (!(reader.TryReadUInt(out var index) && reader.TryReadUInt(out var size) && reader.TryReadFixed32(out var hash))) return false;
            list[i] = new(index, size, hash);
        }

        nodes = list;
        return true;
    }

    private static void WriteNodes(ref CompactWriter writer, ReadOnlySpan<TreeNode> nodes)
    {
        writer.WriteUInt((ulong)nodes.Length);
        foreach (ref readonly var node in nodes)
        {
            writer.WriteUInt(node.Index);
            writer.WriteUInt(node.Size);
            writer.WriteFixed32(node.Hash);
        }
    }
}
