using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>The first format: nodes name all their keys and children, and every value is beside its key.</summary>
internal static class Version0Codec
{
    public static bool TryDecode(ulong seq, ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TreeBlock? block)
    {
        block = null;
        var reader = new BlockReader(bytes);
        BlockPointer? previous = null;
        Listed[]? listed = null;
        BlockKey[]? keys = null;
        CoreEntry[]? cores = null;
        if (!reader.TryReadUInt(out _) || !reader.TryReadUInt(out var checkpoint) || !reader.TryReadBatch(out var start, out var end) || !reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0 && !reader.TryReadPrevious(out previous)) return false;
        if ((flags & 2) != 0 && !reader.TryReadArray(2, TryReadNode, out listed)) return false;
        if ((flags & 4) != 0 && !reader.TryReadArray(2, TryReadKey, out keys)) return false;
        if ((flags & 8) != 0 && !reader.TryReadCores(out cores)) return false;
        var cohorts = new CohortList(seq);
        block = new TreeBlock
        {
            Type = BlockType.Version0,
            Checkpoint = checkpoint,
            BatchStart = start,
            BatchEnd = end,
            Previous = previous,
            Cores = cores,
            Nodes = listed is null ? null : Array.ConvertAll(listed, node => new BlockNode(cohorts.Add(node.Keys), cohorts.Add(node.Children))),
            Keys = keys,
            Cohorts = cohorts.ToArray(),
        };
        return true;
    }

    public static void Encode(TreeBlock block, IBufferWriter<byte> output)
    {
        var writer = new CompactWriter(output);
        writer.WriteStart(block, Flags.Of(block.Previous is not null, block.Nodes is not null, block.Keys is not null, block.Cores is not null));
        if (block.Nodes is { } nodes)
        {
            writer.WriteUInt((ulong)nodes.Length);
            foreach (var node in nodes)
            {
                WritePointers(ref writer, CohortList.Resolve(block, node.Keys));
                WritePointers(ref writer, CohortList.Resolve(block, node.Children));
            }
        }

        if (block.Keys is { } keys)
        {
            writer.WriteUInt((ulong)keys.Length);
            foreach (var key in keys)
            {
                if (key.Location is not null) throw new ArgumentException("A block of the first format holds its values.", nameof(block));
                writer.WriteBuffer(key.Key.Span);
                writer.WriteBuffer(key.Value.GetValueOrDefault().Span);
            }
        }

        if (block.Cores is { } cores) BlockWriter.WriteCores(output, cores);
    }

    private static bool TryReadNode(ref BlockReader reader, out Listed node)
    {
        node = default;
        if (!reader.TryReadArray<TreePointer>(3, TryReadPointer, out var keys) || !reader.TryReadArray<TreePointer>(3, TryReadPointer, out var children)) return false;
        node = new Listed(keys, children);
        return true;
    }

    private static bool TryReadPointer(ref BlockReader reader, out TreePointer pointer)
    {
        var ok = reader.TryReadInt32(out var core) & reader.TryReadUInt(out var seq) & reader.TryReadInt32(out var offset);
        pointer = new TreePointer(core, seq, offset);
        return ok;
    }

    // An empty value and none are the same bytes; the reference reads them as empty.
    private static bool TryReadKey(ref BlockReader reader, out BlockKey key)
    {
        var ok = reader.TryReadBuffer(out var name) & reader.TryReadBuffer(out var value);
        key = new BlockKey(name, value, null);
        return ok;
    }

    private static void WritePointers(ref CompactWriter writer, TreePointer[] pointers)
    {
        writer.WriteUInt((ulong)pointers.Length);
        foreach (var pointer in pointers)
        {
            writer.WriteUInt((ulong)pointer.Core);
            writer.WriteUInt(pointer.Seq);
            writer.WriteUInt((ulong)pointer.Offset);
        }
    }

    private readonly record struct Listed(TreePointer[] Keys, TreePointer[] Children);
}
