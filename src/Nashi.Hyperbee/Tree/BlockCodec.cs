using System.Buffers;

namespace Nashi.Hyperbee.Tree;

/// <summary>The bytes of a tree block: {1 index, 2 key, 3 value?}; the index is {1 level*}; a level is {1 packed keys, 2 packed children}.</summary>
internal static class BlockCodec
{
    public static byte[] Encode(ReadOnlySpan<byte> key, ReadOnlyMemory<byte>? value, IReadOnlyList<TreeLink?> index)
    {
        var levels = new ArrayBufferWriter<byte>(256);
        foreach (var link in index) WriteLevel(levels, link!.Node!);
        var output = new ArrayBufferWriter<byte>(levels.WrittenCount + key.Length + (value?.Length ?? 0) + 24);
        ProtoWriter.WriteBytes(output, 1, levels.WrittenSpan);
        ProtoWriter.WriteBytes(output, 2, key);
        if (value is { } bytes) ProtoWriter.WriteBytes(output, 3, bytes.Span);
        return output.WrittenSpan.ToArray();
    }

    public static bool TryDecode(ulong seq, ReadOnlyMemory<byte> bytes, out BeeBlock block)
    {
        block = null!;
        ReadOnlyMemory<byte>? index = null, key = null, value = null;
        var reader = new ProtoReader(bytes.Span);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field is < 1 or > 3)
            {
                if (!reader.TrySkip(kind)) return false;
                continue;
            }

            if (!reader.TryReadBytes(kind, out var found)) return false;
            var slice = Slice(bytes, found);
            if (field == 1) index = slice;
            else if (field == 2) key = slice;
            else value = slice;
        }

        if (reader.IsBroken || index is null || key is null) return false;
        block = new BeeBlock(seq, key.Value, value, index.Value);
        return true;
    }

    public static bool TryDecodeIndex(ReadOnlySpan<byte> index, out BeeLevel[] levels)
    {
        levels = [];
        var found = new List<BeeLevel>();
        var reader = new ProtoReader(index);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field == 1)
            {
                if (!reader.TryReadBytes(kind, out var inner) || !TryDecodeLevel(inner, out var level)) return false;
                found.Add(level);
            }
            else if (!reader.TrySkip(kind))
            {
                return false;
            }
        }

        levels = [.. found];
        return !reader.IsBroken;
    }

    private static bool TryDecodeLevel(ReadOnlySpan<byte> bytes, out BeeLevel level)
    {
        level = null!;
        ulong[] keys = [], children = [];
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field == 1)
            {
                if (!TryReadPacked(ref reader, kind, ref keys)) return false;
            }
            else if (field == 2)
            {
                if (!TryReadPacked(ref reader, kind, ref children)) return false;
            }
            else if (!reader.TrySkip(kind))
            {
                return false;
            }
        }

        level = new BeeLevel(keys, children);
        return !reader.IsBroken;
    }

    private static bool TryReadPacked(ref ProtoReader reader, int kind, ref ulong[] values)
    {
        if (!reader.TryReadBytes(kind, out var packed)) return false;

        // Each number takes at least one byte, so this is bounded by the block itself.
        var all = new List<ulong>(values);
        var inner = new ProtoReader(packed);
        while (!inner.IsEmpty)
        {
            if (!inner.TryReadVarint(out var value)) return false;
            all.Add(value);
        }

        values = [.. all];
        return true;
    }

    private static void WriteLevel(IBufferWriter<byte> output, TreeNode node)
    {
        var keys = 0;
        foreach (var key in node.Keys) keys += ProtoWriter.VarintSize(key.Seq);
        var children = 0;
        foreach (var child in node.Children) children += ProtoWriter.VarintSize(child.Seq) + ProtoWriter.VarintSize(child.Offset);

        ProtoWriter.WriteLengthTag(output, 1, FieldSize(keys) + FieldSize(children));
        if (keys > 0) ProtoWriter.WriteLengthTag(output, 1, keys);
        foreach (var key in node.Keys) ProtoWriter.WriteVarint(output, key.Seq);
        if (children > 0) ProtoWriter.WriteLengthTag(output, 2, children);
        foreach (var child in node.Children)
        {
            ProtoWriter.WriteVarint(output, child.Seq);
            ProtoWriter.WriteVarint(output, child.Offset);
        }
    }

    private static int FieldSize(int content) => content == 0 ? 0 : 1 + ProtoWriter.VarintSize((ulong)content) + content;

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty) return ReadOnlyMemory<byte>.Empty;
        whole.Span.Overlaps(part, out var offset);
        return whole.Slice(offset, part.Length);
    }
}
