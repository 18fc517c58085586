using System.Buffers.Binary;
using System.Numerics;

namespace Nashi.Encoding;

public ref partial struct CompactReader
{
    /// <summary>Reads a little-endian unsigned integer of 1 to 8 bytes that must not exceed 2^53 − 1.</summary>
    public bool TryReadFixedUInt(int size, out ulong value)
    {
        value = 0;
        if (size is < 1 or > 8 || !TryReadFixed(size, out var bytes)) return false;
        for (var i = size - 1; i >= 0; i--) value = (value << 8) | bytes[i];
        return value <= MaxUInt;
    }

    /// <summary>Reads a zig-zag integer of 1 to 8 bytes.</summary>
    public bool TryReadFixedInt(int size, out long value)
    {
        var ok = TryReadFixedUInt(size, out var wide);
        value = (long)(wide >> 1) ^ -(long)(wide & 1);
        return ok;
    }

    /// <summary>Reads a big-endian 64-bit unsigned integer that must not exceed 2^53 − 1; used in storage keys.</summary>
    public bool TryReadUInt64BigEndian(out ulong value)
    {
        var ok = TryReadFixed(8, out var bytes);
        value = ok ? BinaryPrimitives.ReadUInt64BigEndian(bytes) : 0;
        return ok && value <= MaxUInt;
    }

    /// <summary>Reads an unsigned big integer of at most <paramref name="maxWords"/> 64-bit words.</summary>
    public bool TryReadBigUInt(int maxWords, out BigInteger value)
    {
        value = default;
        if (!TryReadUInt(out var words) || words > (ulong)maxWords || !TryReadFixed(checked((int)words * 8), out var bytes)) return false;
        value = new BigInteger(bytes, isUnsigned: true);
        return true;
    }

    /// <summary>Reads a zig-zag big integer of at most <paramref name="maxWords"/> 64-bit words.</summary>
    public bool TryReadBigInt(int maxWords, out BigInteger value)
    {
        if (!TryReadBigUInt(maxWords, out value)) return false;
        value = value.IsEven ? value >> 1 : -((value + 1) >> 1);
        return true;
    }

    /// <summary>Reads a bit array: a bit count, then bytes with the lowest bit first.</summary>
    public bool TryReadBitArray(out int bitCount, out ReadOnlySpan<byte> bits)
    {
        bits = default;
        return TryReadInt32(out bitCount) && TryReadFixed((int)(((long)bitCount + 7) / 8), out bits);
    }

    /// <summary>Reads an element count and that many little-endian elements of <paramref name="elementSize"/> bytes each.</summary>
    /// <remarks>The format of every typed array: uint8array, uint16array, uint32array, float64array and so on.</remarks>
    public bool TryReadElements(int elementSize, out int count, out ReadOnlySpan<byte> littleEndian)
    {
        littleEndian = default;
        count = 0;
        if (!TryReadUInt(out var wide) || wide > (ulong)(_rest.Length / elementSize)) return false;
        count = (int)wide;
        return TryReadFixed(count * elementSize, out littleEndian);
    }

    /// <summary>Reads a date: milliseconds since 1970 as a zig-zag integer.</summary>
    /// <returns>False when it lies outside the years 1 to 9999.</returns>
    public bool TryReadDate(out DateTimeOffset value)
    {
        value = default;
        if (!TryReadInt(out var milliseconds)) return false;
        if (milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()) return false;
        value = DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        return true;
    }

    /// <summary>Reads an IPv4 address and port: four bytes in network order, then a little-endian port.</summary>
    public bool TryReadIPv4Address(out ReadOnlySpan<byte> address, out ushort port)
    {
        port = 0;
        return TryReadFixed(4, out address) && TryReadUInt16(out port);
    }

    /// <summary>Reads an IPv6 address and port: sixteen bytes in network order, then a little-endian port.</summary>
    public bool TryReadIPv6Address(out ReadOnlySpan<byte> address, out ushort port)
    {
        port = 0;
        return TryReadFixed(16, out address) && TryReadUInt16(out port);
    }

    /// <summary>Reads an order-preserving integer.</summary>
    /// <remarks>Base 251; six mantissa bytes keep 44 significant bits of large numbers. No current format of the stack uses it.</remarks>
    public bool TryReadLexInt(out ulong value)
    {
        value = 0;
        if (!TryReadByte(out var flag)) return false;
        if (flag < LexInt.Base)
        {
            value = flag;
            return true;
        }

        return flag < 255 ? TryReadLexShort(flag - LexInt.Base + 1, out value) : TryReadLexLong(out value);
    }

    private bool TryReadLexShort(int size, out ulong value)
    {
        value = 0;
        if (!TryReadFixed(size, out var bytes)) return false;
        foreach (var b in bytes) value = (value << 8) | b;
        value += LexInt.Base;
        return true;
    }

    private bool TryReadLexLong(out ulong value)
    {
        value = 0;
        // The exponent of a number below 2^53 is at most 21, so one byte holds it.
        if (!TryReadByte(out var exponent) || exponent > 21 || !TryReadFixed(6, out var bytes)) return false;
        ulong mantissa = 0;
        foreach (var b in bytes) mantissa = (mantissa << 8) | b;
        var shift = exponent - LexInt.Bias;
        value = (shift >= 0 ? mantissa << shift : mantissa >> -shift) + LexInt.Base;
        return value <= MaxUInt;
    }
}
