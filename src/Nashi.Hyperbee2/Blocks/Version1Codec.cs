using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using Nashi.Encoding;

namespace Nashi.Hyperbee2.Blocks;

/// <summary>The current format.</summary>
internal static class Version1Codec
{
    public static bool TryDecode(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out TreeBlock? block)
    {
        block = null;
        var reader = new BlockReader(bytes);
        BlockPointer? previous = null;
        CoreEntry[]? cores = null;
        BlockNode[]? nodes = null;
        BlockKey[]? keys = null;
        ReadOnlyMemory<byte>[]? values = null;
        TreeDelta[][]? cohorts = null;
        var degree = TreeBlock.DefaultDegree;
        if (!reader.TryReadUInt(out _) || !reader.TryReadUInt(out var checkpoint) || !reader.TryReadBatch(out var start, out var end) || !reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) != 0 && !reader.TryReadPrevious(out previous)) return false;
        if ((flags & 2) != 0 && !TryReadMetadata(ref reader, out cores)) return false;
        if ((flags & 4) != 0 && !reader.TryReadArray(2, TryReadNode, out nodes)) return false;
        if ((flags & 8) != 0 && !reader.TryReadArray(2, TryReadKey, out keys)) return false;
        if ((flags & 16) != 0 && !reader.TryReadArray(1, TryReadValue, out values)) return false;
        if ((flags & 32) != 0 && !reader.TryReadArray(1, TryReadDeltas, out cohorts)) return false;
        if ((flags & 64) != 0 && !TryReadDegree(ref reader, out degree)) return false;
        block = new TreeBlock
        {
            Checkpoint = checkpoint,
            BatchStart = start,
            BatchEnd = end,
            Previous = previous,
            Cores = cores,
            Nodes = nodes,
            Keys = keys,
            Values = values,
            Cohorts = cohorts,
            Degree = degree,
        };
        return true;
    }

    public static void Encode(TreeBlock block, IBufferWriter<byte> output)
    {
        var writer = new CompactWriter(output);
        var usual = block.Degree == TreeBlock.DefaultDegree;
        writer.WriteStart(block, Flags.Of(
            block.Previous is not null, block.Cores is not null, block.Nodes is not null, block.Keys is not null, block.Values is not null, block.Cohorts is not null, !usual));
        if (block.Cores is { } cores) WriteMetadata(ref writer, cores);
        if (block.Nodes is { } nodes) WriteNodes(ref writer, nodes);
        if (block.Keys is { } keys) WriteKeys(ref writer, keys);
        if (block.Values is { } values) WriteValues(ref writer, values);
        if (block.Cohorts is { } cohorts) WriteCohorts(ref writer, cohorts);
        if (!usual) writer.WriteUInt((ulong)block.Degree);
    }

    // In a frame of its own, so that more can be added to it.
    private static bool TryReadMetadata(ref BlockReader reader, [NotNullWhen(true)] out CoreEntry[]? cores)
    {
        cores = null;
        if (!reader.TryReadBuffer(out var frame)) return false;
        var inner = new BlockReader(frame);
        return inner.TryReadCores(out cores);
    }

    private static bool TryReadNode(ref BlockReader reader, out BlockNode node)
    {
        node = default;
        if (!TryReadDeltas(ref reader, out var keys) || !TryReadDeltas(ref reader, out var children)) return false;
        node = new BlockNode(keys, children);
        return true;
    }

    private static bool TryReadDeltas(ref BlockReader reader, out TreeDelta[] deltas)
    {
        var ok = reader.TryReadArray<TreeDelta>(1, TryReadDelta, out var found);
        deltas = found ?? [];
        return ok;
    }

    private static bool TryReadDelta(ref BlockReader reader, out TreeDelta delta)
    {
        delta = default;
        byte index = 0;
        TreePointer? pointer = null;
        if (!reader.TryReadByte(out var flags) || (flags & 7) > (int)DeltaKind.Cohort) return false;
        if ((flags & 8) != 0 && !reader.TryReadByte(out index)) return false;
        if ((flags & 16) != 0 && !TryReadPointer(ref reader, flags >> 5, out pointer)) return false;
        delta = new TreeDelta((DeltaKind)(flags & 7), index, pointer);
        return true;
    }

    private static bool TryReadPointer(ref BlockReader reader, int flags, [NotNullWhen(true)] out TreePointer? pointer)
    {
        pointer = null;
        int core = 0, offset = 0;
        ulong seq = 0;
        if ((flags & 1) != 0 && !reader.TryReadInt32(out core)) return false;
        if ((flags & 2) != 0 && !reader.TryReadUInt(out seq)) return false;
        if ((flags & 4) != 0 && !reader.TryReadInt32(out offset)) return false;
        pointer = new TreePointer(core, seq, offset);
        return true;
    }

    private static bool TryReadKey(ref BlockReader reader, out BlockKey key)
    {
        key = default;
        ReadOnlyMemory<byte> value = default;
        int core = 0, offset = 0, split = 0;
        ulong seq = 0;
        if (!reader.TryReadBuffer(out var name) || !reader.TryReadByte(out var flags)) return false;
        if ((flags & 1) != 0 && !reader.TryReadBuffer(out value)) return false;
        if ((flags & 2) == 0) flags &= 1;
        if ((flags & 4) != 0 && !reader.TryReadInt32(out core)) return false;
        if ((flags & 8) != 0 && !reader.TryReadUInt(out seq)) return false;
        if ((flags & 16) != 0 && !reader.TryReadInt32(out offset)) return false;
        if ((flags & 32) != 0 && !reader.TryReadInt32(out split)) return false;
        key = new BlockKey(name, (flags & 1) != 0 ? value : default(ReadOnlyMemory<byte>?), (flags & 2) != 0 ? new ValueLocation(core, seq, offset, split) : null);
        return true;
    }

    private static bool TryReadValue(ref BlockReader reader, out ReadOnlyMemory<byte> value) => reader.TryReadBuffer(out value);

    // An index of a step is one byte, so a node cannot have more than 256 children.
    private static bool TryReadDegree(ref BlockReader reader, out int degree)
    {
        var ok = reader.TryReadInt32(out degree);
        if (degree == 0) degree = TreeBlock.DefaultDegree;
        return ok && degree is >= 2 and <= TreeBlock.DefaultDegree;
    }

    private static void WriteMetadata(ref CompactWriter writer, CoreEntry[] cores)
    {
        var frame = new ArrayBufferWriter<byte>(16 + (cores.Length * 40));
        BlockWriter.WriteCores(frame, cores);
        writer.WriteBuffer(frame.WrittenSpan);
    }

    private static void WriteNodes(ref CompactWriter writer, BlockNode[] nodes)
    {
        writer.WriteUInt((ulong)nodes.Length);
        foreach (var node in nodes)
        {
            WriteDeltas(ref writer, node.Keys);
            WriteDeltas(ref writer, node.Children);
        }
    }

    private static void WriteCohorts(ref CompactWriter writer, TreeDelta[][] cohorts)
    {
        writer.WriteUInt((ulong)cohorts.Length);
        foreach (var cohort in cohorts) WriteDeltas(ref writer, cohort);
    }

    private static void WriteDeltas(ref CompactWriter writer, TreeDelta[] deltas)
    {
        writer.WriteUInt((ulong)deltas.Length);
        foreach (var delta in deltas)
        {
            var pointer = delta.Pointer.GetValueOrDefault();
            var flags = Flags.Of(delta.Index != 0, delta.Pointer is not null, pointer.Core != 0, pointer.Seq != 0, pointer.Offset != 0);
            writer.WriteByte((byte)((int)delta.Kind | (flags << 3)));
            if (delta.Index != 0) writer.WriteByte(delta.Index);
            if (pointer.Core != 0) writer.WriteUInt((ulong)pointer.Core);
            if (pointer.Seq != 0) writer.WriteUInt(pointer.Seq);
            if (pointer.Offset != 0) writer.WriteUInt((ulong)pointer.Offset);
        }
    }

    private static void WriteKeys(ref CompactWriter writer, BlockKey[] keys)
    {
        writer.WriteUInt((ulong)keys.Length);
        foreach (var key in keys)
        {
            var at = key.Location.GetValueOrDefault();
            writer.WriteBuffer(key.Key.Span);
            writer.WriteByte(Flags.Of(key.Value is not null, key.Location is not null, at.Core != 0, at.Seq != 0, at.Offset != 0, at.Split != 0));
            if (key.Value is { } value) writer.WriteBuffer(value.Span);
            if (at.Core != 0) writer.WriteUInt((ulong)at.Core);
            if (at.Seq != 0) writer.WriteUInt(at.Seq);
            if (at.Offset != 0) writer.WriteUInt((ulong)at.Offset);
            if (at.Split != 0) writer.WriteUInt((ulong)at.Split);
        }
    }

    private static void WriteValues(ref CompactWriter writer, ReadOnlyMemory<byte>[] values)
    {
        writer.WriteUInt((ulong)values.Length);
        foreach (var value in values) writer.WriteBuffer(value.Span);
    }
}
