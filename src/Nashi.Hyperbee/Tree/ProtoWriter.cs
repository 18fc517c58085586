using System.Buffers;

namespace Nashi.Hyperbee.Tree;

/// <summary>Writes the few kinds of Protocol Buffers fields that a tree uses.</summary>
internal static class ProtoWriter
{
    public static int VarintSize(ulong value)
    {
        var size = 1;
        for (; value >= 0x80; value >>= 7) size++;
        return size;
    }

    public static void WriteVarint(IBufferWriter<byte> output, ulong value)
    {
        var span = output.GetSpan(10);
        var at = 0;
        for (; value >= 0x80; value >>= 7) span[at++] = (byte)(value | 0x80);
        span[at++] = (byte)value;
        output.Advance(at);
    }

    public static void WriteLengthTag(IBufferWriter<byte> output, int field, int length)
    {
        WriteVarint(output, (ulong)((field << 3) | 2));
        WriteVarint(output, (ulong)length);
    }

    public static void WriteBytes(IBufferWriter<byte> output, int field, ReadOnlySpan<byte> value)
    {
        WriteLengthTag(output, field, value.Length);
        output.Write(value);
    }
}
