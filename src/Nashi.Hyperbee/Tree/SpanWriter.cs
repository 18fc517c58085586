namespace Nashi.Hyperbee.Tree;

/// <summary>Writes Protocol Buffers fields where the size is known before.</summary>
internal ref struct SpanWriter(Span<byte> bytes)
{
    private Span<byte> _rest = bytes;

    /// <summary>Bytes of a field of that many, with its tag and length.</summary>
    public static int SizeOf(int content) => 1 + ProtoWriter.VarintSize((ulong)content) + content;

    public void WriteVarint(ulong value)
    {
        var at = 0;
        for (; value >= 0x80; value >>= 7) _rest[at++] = (byte)(value | 0x80);
        _rest[at++] = (byte)value;
        _rest = _rest[at..];
    }

    public void WriteNumber(int field, ulong value)
    {
        WriteVarint((ulong)(field << 3));
        WriteVarint(value);
    }

    public void WriteLengthTag(int field, int length)
    {
        WriteVarint((ulong)((field << 3) | 2));
        WriteVarint((ulong)length);
    }

    public void WriteBytes(int field, scoped ReadOnlySpan<byte> value)
    {
        WriteLengthTag(field, value.Length);
        value.CopyTo(_rest);
        _rest = _rest[value.Length..];
    }
}
