using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Hints;

/// <summary>Somebody reads a range of keys of a version.</summary>
/// <param name="Version">Which.</param>
/// <param name="Bounds">From where to where.</param>
/// <param name="Limit">How many; 0 for all.</param>
/// <param name="Reverse">From the end.</param>
/// <param name="Skip">How many blocks the reader has touched already.</param>
internal readonly record struct RangeHint(ulong Version, KeyBounds Bounds, ulong Limit, bool Reverse, int Skip)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RangeHint hint)
    {
        hint = new RangeHint(0, new KeyBounds(null, true, null, true), 0, false, 0);
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field is 1 or 6 or 7 && kind == 0)
            {
                if (!reader.TryReadVarint(out var number)) return false;
                hint = field switch { 1 => hint with { Version = number }, 6 => hint with { Limit = number }, _ => hint with { Reverse = number != 0 } };
            }
            else if (field is >= 2 and <= 5)
            {
                if (!reader.TryReadBytes(kind, out var key)) return false;
                hint = hint with { Bounds = With(hint.Bounds, field, key.ToArray()) };
            }
            else if (field == 8)
            {
                if (!reader.TryReadBytes(kind, out var packed)) return false;
                var count = 0;
                foreach (var next in packed) count += next < 0x80 ? 1 : 0;
                hint = hint with { Skip = count };
            }
            else if (!reader.TrySkip(kind))
            {
                return false;
            }
        }

        return !reader.IsBroken;
    }

    public static byte[] Encode(ulong version, KeyBounds bounds, ulong limit, bool reverse)
    {
        var size = 1 + ProtoWriter.VarintSize(version) + SizeOf(bounds.Low) + SizeOf(bounds.High) + 1 + ProtoWriter.VarintSize(limit) + 2;
        var bytes = new byte[SpanWriter.SizeOf(size)];
        var writer = new SpanWriter(bytes);
        writer.WriteLengthTag(3, size);
        writer.WriteNumber(1, version);
        if (bounds is { Low: { } low }) writer.WriteBytes(bounds.LowIncluded ? 2 : 3, low.Span);
        if (bounds is { High: { } high }) writer.WriteBytes(bounds.HighIncluded ? 4 : 5, high.Span);
        writer.WriteNumber(6, limit);
        writer.WriteNumber(7, reverse ? 1UL : 0);
        return bytes;
    }

    private static int SizeOf(ReadOnlyMemory<byte>? key) => key is { } bytes ? SpanWriter.SizeOf(bytes.Length) : 0;

    private static KeyBounds With(in KeyBounds bounds, int field, byte[] key) => field switch
    {
        2 => bounds with { Low = key, LowIncluded = true },
        3 => bounds with { Low = key, LowIncluded = false },
        4 => bounds with { High = key, HighIncluded = true },
        _ => bounds with { High = key, HighIncluded = false },
    };
}
