using System.Buffers;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Manifests;

/// <summary>Several signatures of a tree, and the nodes that lead from it to the longer trees that some of them cover. Spec: data.md §2.4.</summary>
internal sealed class Multisig
{
    private const int MaxNodes = 4096;
    private const int EntrySize = 1 + Ed25519.SignatureSize + 1;
    private const int EntrySize0 = 1 + 1 + Ed25519.SignatureSize;
    private const int NodeSize = 1 + 1 + 32;

    public static Multisig Empty { get; } = new();

    public List<MultisigEntry> Entries { get; } = [];

    public Dictionary<ulong, TreeNode> Nodes { get; } = [];

    /// <summary>A single signature in the form for several.</summary>
    public static byte[] EncodeSingle(int signer, ReadOnlySpan<byte> signature, bool version0)
    {
        Span<byte> output = stackalloc byte[128];
        var writer = new CompactWriter(output);
        writer.WriteUInt(1);
        if (version0) writer.WriteUInt(0);
        writer.WriteUInt((ulong)signer);
        writer.WriteFixed(signature);
        if (!version0) writer.WriteUInt(0);
        writer.WriteUInt(0);
        return output[..writer.Written].ToArray();
    }

    /// <summary>Encodes entries and nodes in the form of versions 1 and later.</summary>
    public byte[] Encode()
    {
        var output = new ArrayBufferWriter<byte>(256);
        var writer = new CompactWriter(output);
        writer.WriteUInt((ulong)Entries.Count);
        foreach (var entry in Entries)
        {
            writer.WriteUInt(entry.Signer);
            writer.WriteFixed(entry.Signature.Span);
            writer.WriteUInt(entry.Patch);
        }

        writer.WriteUInt((ulong)Nodes.Count);
        foreach (var node in Nodes.Values)
        {
            writer.WriteUInt(node.Index);
            writer.WriteUInt(node.Size);
            writer.WriteFixed32(node.Hash);
        }

        return output.WrittenSpan.ToArray();
    }

    public static bool TryRead(ReadOnlySpan<byte> bytes, out Multisig multisig)
    {
        multisig = new Multisig();
        var reader = new CompactReader(bytes);
        if (!reader.TryReadArrayLength(EntrySize, out var count) || count > Manifest.MaxSigners) return false;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt(out var signer) || !reader.TryReadFixed(Ed25519.SignatureSize, out var signature) || !reader.TryReadUInt(out var patch)) return false;
            multisig.Entries.Add(new(signer, signature.ToArray(), patch));
        }

        return multisig.TryReadNodes(ref reader) && reader.IsEmpty;
    }

    public static bool TryReadVersion0(ReadOnlySpan<byte> bytes, out Multisig multisig)
    {
        multisig = new Multisig();
        var reader = new CompactReader(bytes);
        if (!reader.TryReadArrayLength(EntrySize0, out var count) || count > Manifest.MaxSigners) return false;
        for (var i = 0; i < count; i++)
        {
            if (!TryReadEntry0(ref reader, out var entry)) return false;
            multisig.Entries.Add(entry);
        }

        return multisig.TryReadNodes(ref reader) && reader.IsEmpty;
    }

    /// <summary>Grows a copy of a tree by a patch; false when nodes for that are missing.</summary>
    public bool TryExtend(MerkleBatch tree, ulong patch, out MerkleBatch longer)
    {
        longer = new MerkleBatch();
        longer.CopyFrom(tree);
        if (patch > TreeMath.MaxLength - tree.Length) return false;
        var target = tree.Length + patch;
        while (longer.Length < target)
        {
            if (!Nodes.TryGetValue(TreeMath.NextNode(longer.Length, target), out var node)) return false;
            if (node.Size > TreeMath.MaxSize - longer.ByteLength) return false;
            longer.AppendRoot(node);
        }

        return true;
    }

    private static bool TryReadEntry0(ref CompactReader reader, out MultisigEntry entry)
    {
        entry = default;
        if (!reader.TryReadUInt(out var flags) || flags > 1 || !reader.TryReadUInt(out var signer)) return false;
        if (!reader.TryReadFixed(Ed25519.SignatureSize, out var signature)) return false;
        var patch = 0UL;
        if (flags == 1)
        {
            if (!reader.TryReadUInt(out _) || !reader.TryReadUInt(out patch) || !reader.TryReadArrayLength(1, out var nodes)) return false;
            for (var i = 0; i < nodes; i++)
            {
                if (!reader.TryReadUInt(out _)) return false;
            }
        }

        entry = new(signer, signature.ToArray(), patch);
        return true;
    }

    private bool TryReadNodes(ref CompactReader reader)
    {
        if (!reader.TryReadArrayLength(NodeSize, out var count) || count > MaxNodes) return false;
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadUInt(out var index) || !reader.TryReadUInt(out var size) || !reader.TryReadFixed32(out var hash)) return false;
            Nodes[index] = new TreeNode(index, size, hash);
        }

        return true;
    }
}
