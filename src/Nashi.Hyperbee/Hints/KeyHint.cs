using Nashi.Hyperbee.Tree;

namespace Nashi.Hyperbee.Hints;

/// <summary>Somebody reads a key of a version.</summary>
internal readonly record struct KeyHint(ulong Version, byte[] Key)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out KeyHint hint)
    {
        hint = default;
        var (version, key) = (0UL, (byte[]?)null);
        var reader = new ProtoReader(bytes);
        while (reader.TryReadTag(out var field, out var kind))
        {
            if (field == 1 && kind == 0)
            {
                if (!reader.TryReadVarint(out version)) return false;
            }
            else if (field == 2)
            {
                if (!reader.TryReadBytes(kind, out var found)) return false;
                key = found.ToArray();
            }
            else if (!reader.TrySkip(kind))
            {
                return false;
            }
        }

        if (reader.IsBroken || key is null) return false;
        hint = new KeyHint(version, key);
        return true;
    }

    public static byte[] Encode(ulong version, ReadOnlySpan<byte> key)
    {
        var size = 1 + ProtoWriter.VarintSize(version) + SpanWriter.SizeOf(key.Length);
        var bytes = new byte[SpanWriter.SizeOf(size)];
        var writer = new SpanWriter(bytes);
        writer.WriteLengthTag(2, size);
        writer.WriteNumber(1, version);
        writer.WriteBytes(2, key);
        return bytes;
    }
}
