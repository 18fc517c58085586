using System.Buffers.Binary;
using System.Numerics;

namespace Nashi.Encoding;

public ref partial struct CompactWriter
{
    /// <summary>Writes a little-endian unsigned integer in 1 to 8 bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does not fit, or is above 2^53 − 1.</exception>
    public void WriteFixedUInt(ulong value, int size)
    {
        if (value > CompactReader.MaxUInt || (size < 8 && value >> (size * 8) != 0)) throw new ArgumentOutOfRangeException(nameof(value));
        var bytes = Take(size);
        for (var i = 0; i < size; i++) bytes[i] = (byte)(value >> (i * 8));
    }

    /// <summary>Writes a zig-zag integer in 1 to 8 bytes.</summary>
    public void WriteFixedInt(long value, int size) => WriteFixedUInt((ulong)((value << 1) ^ (value >> 63)), size);

    /// <summary>Writes a big-endian 64-bit unsigned integer; used in storage keys.</summary>
    public void WriteUInt64BigEndian(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(8), value);

    /// <summary>Writes an unsigned big integer as 64-bit words.</summary>
    public void WriteBigUInt(BigInteger value)
    {
        if (value.Sign < 0) throw new ArgumentOutOfRangeException(nameof(value), "Must not be negative.");
        var words = value.IsZero ? 0 : (value.GetByteCount(isUnsigned: true) + 7) / 8;
        WriteUInt((ulong)words);
        var bytes = Take(words * 8);
        bytes.Clear();
        if (words > 0) value.TryWriteBytes(bytes, out _, isUnsigned: true);
    }

    /// <summary>Writes a zig-zag big integer as 64-bit words.</summary>
    public void WriteBigInt(BigInteger value) => WriteBigUInt(value.Sign >= 0 ? value << 1 : (-value << 1) - 1);

    /// <summary>Writes a bit array of <paramref name="bitCount"/> bits, lowest bit of each byte first.</summary>
    public void WriteBitArray(int bitCount, scoped ReadOnlySpan<byte> bits)
    {
        var length = (bitCount + 7) / 8;
        if (bits.Length != length) throw new ArgumentException($"{bitCount} bits take {length} bytes.", nameof(bits));
        WriteUInt((ulong)bitCount);
        WriteFixed(bits);
    }

    /// <summary>Writes an element count and the elements' little-endian bytes: the format of every typed array.</summary>
    public void WriteElements(int elementSize, scoped ReadOnlySpan<byte> littleEndian)
    {
        if (littleEndian.Length % elementSize != 0) throw new ArgumentException("Not a whole number of elements.", nameof(littleEndian));
        WriteUInt((ulong)(littleEndian.Length / elementSize));
        WriteFixed(littleEndian);
    }

    /// <summary>Writes a date as milliseconds since 1970.</summary>
    public void WriteDate(DateTimeOffset value) => WriteInt(value.ToUnixTimeMilliseconds());

    /// <summary>Writes an IPv4 (4 bytes) or IPv6 (16 bytes) address in network order and a little-endian port.</summary>
    public void WriteIPAddress(scoped ReadOnlySpan<byte> address, ushort port)
    {
        if (address.Length is not (4 or 16)) throw new ArgumentException("An address has 4 or 16 bytes.", nameof(address));
        WriteFixed(address);
        WriteUInt16(port);
    }

    /// <summary>Writes an order-preserving integer.</summary>
    /// <remarks>
    /// The reference writes an unreadable exponent for the 251 numbers from 2^32; this writes the readable one (docs/compatibility.md). Numbers above
    /// 2^43 keep their 44 highest bits only, as in the reference.
    /// </remarks>
    public void WriteLexInt(ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, CompactReader.MaxUInt);
        switch (value)
        {
            case < LexInt.Base:
                WriteByte((byte)value);
                break;
            case < 256:
                WriteLex(LexInt.Base, value - LexInt.Base, 1);
                break;
            case < 0x10000:
                WriteLex(LexInt.Base + 1, value - LexInt.Base, 2);
                break;
            case < 0x1000000:
                WriteLex(LexInt.Base + 2, value - LexInt.Base, 3);
                break;
            case < 0x100000000:
                WriteLex(LexInt.Base + 3, value - LexInt.Base, 4);
                break;
            default:
                var rest = value - LexInt.Base;
                var exponent = Math.Max(0, BitOperations.Log2(rest) - 32);
                var shift = exponent - LexInt.Bias;
                WriteByte(255);
                WriteLex((byte)exponent, shift >= 0 ? rest >> shift : rest << -shift, 6);
                break;
        }
    }

    private void WriteLex(byte first, ulong value, int size)
    {
        WriteByte(first);
        var bytes = Take(size);
        for (var i = 0; i < size; i++) bytes[i] = (byte)(value >> ((size - 1 - i) * 8));
    }
}
