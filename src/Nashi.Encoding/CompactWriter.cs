using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Nashi.Encoding;

/// <summary>Writes compact-encoded values, always in shortest form.</summary>
/// <remarks>
/// Writes to an <see cref="IBufferWriter{T}"/>, or into a span that must be large enough (use <see cref="CompactSize"/>). A ref struct: pass it by
/// reference. Source: data.md §1.1.
/// </remarks>
public ref partial struct CompactWriter
{
    private readonly IBufferWriter<byte>? _output;
    private Span<byte> _free;
    private int _written;

    /// <summary>Writes into <paramref name="destination"/>; running out of it throws.</summary>
    public CompactWriter(Span<byte> destination) => _free = destination;

    /// <summary>Writes to <paramref name="output"/>, growing it as needed.</summary>
    public CompactWriter(IBufferWriter<byte> output) => _output = output;

    /// <summary>How many bytes were written.</summary>
    public readonly int Written => _written;

    /// <summary>Writes a variable-length unsigned integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is above 2^53 − 1.</exception>
    public void WriteUInt(ulong value)
    {
        if (value > CompactReader.MaxUInt) throw new ArgumentOutOfRangeException(nameof(value), value, "Compact integers end at 2^53 - 1.");
        switch (value)
        {
            case <= 0xfc:
                Take(1)[0] = (byte)value;
                break;
            case <= ushort.MaxValue:
                var two = Take(3);
                two[0] = 0xfd;
                BinaryPrimitives.WriteUInt16LittleEndian(two[1..], (ushort)value);
                break;
            case <= uint.MaxValue:
                var four = Take(5);
                four[0] = 0xfe;
                BinaryPrimitives.WriteUInt32LittleEndian(four[1..], (uint)value);
                break;
            default:
                var eight = Take(9);
                eight[0] = 0xff;
                BinaryPrimitives.WriteUInt64LittleEndian(eight[1..], value);
                break;
        }
    }

    /// <summary>Writes a zig-zag signed integer.</summary>
    public void WriteInt(long value) => WriteUInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Writes one byte.</summary>
    public void WriteByte(byte value) => Take(1)[0] = value;

    /// <summary>Writes a boolean as one byte.</summary>
    public void WriteBool(bool value) => WriteByte(value ? (byte)1 : (byte)0);

    /// <summary>Writes raw bytes without a length.</summary>
    public void WriteFixed(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    /// <summary>Writes 32 raw bytes.</summary>
    public void WriteFixed32(in Bytes32 value) => WriteFixed(value.AsSpan());

    /// <summary>Writes a length-prefixed buffer.</summary>
    public void WriteBuffer(scoped ReadOnlySpan<byte> bytes)
    {
        WriteUInt((ulong)bytes.Length);
        WriteFixed(bytes);
    }

    /// <summary>Writes a UTF-8 string with its byte length.</summary>
    public void WriteString(scoped ReadOnlySpan<char> text)
    {
        var length = Encoding8.GetByteCount(text);
        WriteUInt((ulong)length);
        Encoding8.GetBytes(text, Take(length));
    }

    /// <summary>Writes a little-endian 16-bit integer.</summary>
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Take(2), value);

    /// <summary>Writes a little-endian 24-bit integer.</summary>
    public void WriteUInt24(uint value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 0xffffffu);
        var three = Take(3);
        three[0] = (byte)value;
        three[1] = (byte)(value >> 8);
        three[2] = (byte)(value >> 16);
    }

    /// <summary>Writes a little-endian 32-bit integer.</summary>
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Take(4), value);

    /// <summary>Writes a little-endian 64-bit integer.</summary>
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Take(8), value);

    /// <summary>Writes an IEEE 64-bit number.</summary>
    public void WriteFloat64(double value) => WriteUInt64(BitConverter.DoubleToUInt64Bits(value));

    /// <summary>Writes an IEEE 32-bit number.</summary>
    public void WriteFloat32(float value) => WriteUInt32(BitConverter.SingleToUInt32Bits(value));

    private static UTF8Encoding Encoding8 { get; } = new(encoderShouldEmitUTF8Identifier: false);

    private Span<byte> Take(int count)
    {
        if (_output is not null)
        {
            var span = _output.GetSpan(count)[..count];
            // Advancing before the caller fills the span is safe: it fills it before anything else touches the writer.
            _output.Advance(count);
            _written += count;
            return span;
        }

        var taken = _free[..count];
        _free = _free[count..];
        _written += count;
        return taken;
    }
}
