namespace Nashi.Hyperbee.Tree;

/// <summary>The bytes of a tree block: {1 index, 2 key, 3 value?}; the index is {1 level*}; a level is {1 packed keys, 2 packed children}.</summary>
internal static class BlockCodec
{
    public static byte[] Encode(ReadOnlySpan<byte> key, ReadOnlyMemory<byte>? value, IReadOnlyList<TreeLink?> index)
    {
        var levels = 0;
        for (var i = 0; i < index.Count; i++) levels += SpanWriter.SizeOf(LevelSize(index[i]!.Node!));
        var block = new byte[SpanWriter.SizeOf(levels) + SpanWriter.SizeOf(key.Length) + (value is { } v ? SpanWriter.SizeOf(v.Length) : 0)];
        var output = new SpanWriter(block);
        output.WriteLengthTag(1, levels);
        for (var i = 0; i < index.Count; i++) WriteLevel(ref output, index[i]!.Node!);
        output.WriteBytes(2, key);
        if (value is { } bytes) output.WriteBytes(3, bytes.Span);
        return block;
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

        // Every number ends with a byte below 0x80, so this is bounded by the block itself.
        var count = 0;
        foreach (var next in packed) count += next < 0x80 ? 1 : 0;
        var at = values.Length;
        if (count > 0) Array.Resize(ref values, at + count);
        var inner = new ProtoReader(packed);
        while (!inner.IsEmpty)
        {
            if (!inner.TryReadVarint(out var value)) return false;
            values[at++] = value;
        }

        return true;
    }

    private static int LevelSize(TreeNode node)
    {
        var (keys, children) = ContentSizes(node);
        return FieldSize(keys) + FieldSize(children);
    }

    private static (int Keys, int Children) ContentSizes(TreeNode node)
    {
        var keys = 0;
        foreach (var key in node.Keys) keys += ProtoWriter.VarintSize(key.Seq);
        var children = 0;
        foreach (var child in node.Children) children += ProtoWriter.VarintSize(child.Seq) + ProtoWriter.VarintSize(child.Offset);
        return (keys, children);
    }

    private static void WriteLevel(ref SpanWriter output, TreeNode node)
    {
        var (keys, children) = ContentSizes(node);
        output.WriteLengthTag(1, FieldSize(keys) + FieldSize(children));
        if (keys > 0) output.WriteLengthTag(1, keys);
        foreach (var key in node.Keys) output.WriteVarint(key.Seq);
        if (children > 0) output.WriteLengthTag(2, children);
        foreach (var child in node.Children)
        {
            output.WriteVarint(child.Seq);
            output.WriteVarint(child.Offset);
        }
    }

    private static int FieldSize(int content) => content == 0 ? 0 : SpanWriter.SizeOf(content);

    private static ReadOnlyMemory<byte> Slice(ReadOnlyMemory<byte> whole, ReadOnlySpan<byte> part)
    {
        if (part.IsEmpty) return ReadOnlyMemory<byte>.Empty;
        whole.Span.Overlaps(part, out var offset);
        return whole.Slice(offset, part.Length);
    }
}
