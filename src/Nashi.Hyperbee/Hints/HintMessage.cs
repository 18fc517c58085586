using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Hints;

/// <summary>What readers and servers of a tree tell each other to save round trips. One of the three is there.</summary>
/// <remarks>Spec: data.md §6, the extension "hyperbee": {1 cache {1 start, 2 end, 3 packed blocks}, 2 get {1 version, 2 key}, 3 iterator {1 version, 2–5 bounds, 6 limit, 7 reverse, 8 packed checkpoint}}.</remarks>
internal readonly record struct HintMessage(ulong[]? Blocks, KeyHint? Get, RangeHint? Range)
{
    /// <summary>The most blocks that one message may name.</summary>
    public const int MaxBlocks = 4096;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out HintMessage message)
    {
        message = default;
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field is < 1 or > 3)
            {
                if (!reader.TrySkip(kind)) return false;
                continue;
            }

            if (!reader.TryReadBytes(kind, out var inner)) return false;
            if (field == 1)
            {
                if (!TryDecodeBlocks(inner, out var blocks)) return false;
                message = message with { Blocks = blocks };
            }
            else if (field == 2)
            {
                if (!KeyHint.TryDecode(inner, out var get)) return false;
                message = message with { Get = get };
            }
            else
            {
                if (!RangeHint.TryDecode(inner, out var range)) return false;
                message = message with { Range = range };
            }
        }

        return !reader.IsBroken;
    }

    public static byte[] EncodeBlocks(ReadOnlySpan<ulong> blocks)
    {
        var (first, last, packed) = (ulong.MaxValue, 0UL, 0);
        foreach (var block in blocks)
        {
            (first, last) = (Math.Min(first, block), Math.Max(last, block));
            packed += ProtoWriter.VarintSize(block);
        }

        var size = 2 + ProtoWriter.VarintSize(first) + ProtoWriter.VarintSize(last + 1) + SpanWriter.SizeOf(packed);
        var bytes = new byte[SpanWriter.SizeOf(size)];
        var writer = new SpanWriter(bytes);
        writer.WriteLengthTag(1, size);
        writer.WriteNumber(1, first);
        writer.WriteNumber(2, last + 1);
        writer.WriteLengthTag(3, packed);
        foreach (var block in blocks) writer.WriteVarint(block);
        return bytes;
    }

    private static bool TryDecodeBlocks(ReadOnlySpan<byte> bytes, out ulong[] blocks)
    {
        blocks = [];
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field != 3)
            {
                if (!reader.TrySkip(kind)) return false;
                continue;
            }

            if (!reader.TryReadBytes(kind, out var packed) || packed.Length > 8 * MaxBlocks) return false;
            var all = new List<ulong>();
            var numbers = new ProtoReader(packed);
            while (!numbers.IsEmpty)
            {
                if (!numbers.TryReadVarint(out var block) || all.Count == MaxBlocks) return false;
                all.Add(block);
            }

            blocks = [.. all];
        }

        return !reader.IsBroken;
    }
}
