using System.Buffers.Binary;

namespace Nashi.Encoding;

/// <summary>Encodes numbers and bytes so that their encodings sort byte-wise as the values do: the keys of stores and databases.</summary>
/// <remarks>Each method writes to a span that must be large enough and returns how many bytes it took. Source: data.md §1.2.</remarks>
public static class IndexEncoder
{
    /// <summary>The longest encoding of a number.</summary>
    public const int MaxUIntSize = 9;

    /// <summary>Sorts after every number: ends an open range.</summary>
    public const byte Infinity = 0xff;

    /// <summary>Writes an unsigned integer: 1, 3, 5 or 9 bytes.</summary>
    public static int WriteUInt(Span<byte> destination, ulong value)
    {
        switch (value)
        {
            case <= 0xfb:
                destination[0] = (byte)value;
                return 1;
            case <= ushort.MaxValue:
                destination[0] = 0xfc;
                BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
                return 3;
            case <= uint.MaxValue:
                destination[0] = 0xfd;
                BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)value);
                return 5;
            default:
                destination[0] = 0xfe;
                BinaryPrimitives.WriteUInt64BigEndian(destination[1..], value);
                return 9;
        }
    }

    /// <summary>Writes bytes or text: zero bytes are escaped, and a terminator sorts prefixes first.</summary>
    public static int WriteBytes(Span<byte> destination, ReadOnlySpan<byte> value)
    {
        var at = 0;
        destination[at++] = 0;
        foreach (var b in value)
        {
            destination[at++] = b;
            if (b == 0) destination[at++] = 2;
        }

        destination[at++] = 0;
        destination[at++] = 1;
        return at;
    }

    /// <summary>The longest that <see cref="WriteBytes"/> can make of <paramref name="length"/> bytes.</summary>
    public static int MaxBytesSize(int length) => (length * 2) + 3;

    /// <summary>Reads an unsigned integer off the front of <paramref name="source"/>.</summary>
    public static bool TryReadUInt(ref ReadOnlySpan<byte> source, out ulong value)
    {
        value = 0;
        if (source.IsEmpty) return false;
        var first = source[0];
        var size = first switch { <= 0xfb => 0, 0xfc => 2, 0xfd => 4, 0xfe => 8, _ => -1 };
        if (size < 0 || source.Length <= size) return false;
        value = size switch
        {
            0 => first,
            2 => BinaryPrimitives.ReadUInt16BigEndian(source[1..]),
            4 => BinaryPrimitives.ReadUInt32BigEndian(source[1..]),
            _ => BinaryPrimitives.ReadUInt64BigEndian(source[1..]),
        };
        source = source[(1 + size)..];
        return true;
    }

    /// <summary>Reads bytes or text off the front of <paramref name="source"/>.</summary>
    public static bool TryReadBytes(ref ReadOnlySpan<byte> source, out byte[] value)
    {
        value = [];
        if (source.IsEmpty || source[0] != 0) return false;
        var bytes = new List<byte>();
        for (var at = 1; at < source.Length; at++)
        {
            if (source[at] != 0)
            {
                bytes.Add(source[at]);
                continue;
            }

            if (++at >= source.Length) return false;
            if (source[at] == 1)
            {
                value = [.. bytes];
                source = source[(at + 1)..];
                return true;
            }

            if (source[at] != 2) return false;
            bytes.Add(0);
        }

        return false;
    }

    /// <summary>Writes a signed integer: 1 to 9 bytes.</summary>
    /// <remarks>Numbers below −(2^32 − 1) are stored as the eight big-endian bytes of the complement of their magnitude.</remarks>
    public static int WriteInt(Span<byte> destination, long value)
    {
        const long Small = 0xff, Medium = 0xffff, Large = 0xffffffff;
        switch (value)
        {
            case >= 0 and <= 0xf6:
                destination[0] = (byte)(value + 5);
                return 1;
            case > 0xf6:
                return WriteLargeInt(destination, (ulong)value);
            case >= -Small:
                destination[0] = 4;
                destination[1] = (byte)(value + Small);
                return 2;
            case >= -Medium:
                destination[0] = 3;
                BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)(value + Medium));
                return 3;
            case >= -Large:
                destination[0] = 2;
                BinaryPrimitives.WriteUInt32BigEndian(destination[1..], (uint)(value + Large));
                return 5;
            default:
                destination[0] = 1;
                BinaryPrimitives.WriteInt64BigEndian(destination[1..], value - 1);
                return 9;
        }
    }

    /// <summary>Reads a signed integer off the front of <paramref name="source"/>. The infinities that end ranges are refused.</summary>
    public static bool TryReadInt(ref ReadOnlySpan<byte> source, out long value)
    {
        const long Small = 0xff, Medium = 0xffff, Large = 0xffffffff;
        value = 0;
        if (source.IsEmpty) return false;
        var first = source[0];
        if (first >= 0xfc)
        {
            var ok = TryReadUInt(ref source, out var positive) && positive <= long.MaxValue;
            value = ok ? (long)positive : 0;
            return ok;
        }

        var size = first switch { 0 => -1, 1 => 8, 2 => 4, 3 => 2, 4 => 1, _ => 0 };
        if (size < 0 || source.Length <= size) return false;
        value = size switch
        {
            8 => ReadComplement(BinaryPrimitives.ReadInt64BigEndian(source[1..])),
            4 => BinaryPrimitives.ReadUInt32BigEndian(source[1..]) - Large,
            2 => BinaryPrimitives.ReadUInt16BigEndian(source[1..]) - Medium,
            1 => source[1] - Small,
            _ => first - 5,
        };
        source = source[(1 + size)..];
        return value <= 0 || size == 0;
    }

    // The complement of a magnitude is one less than the number; the smallest has no room below it.
    private static long ReadComplement(long stored) => stored == long.MaxValue ? 1 : stored + 1;

    private static int WriteLargeInt(Span<byte> destination, ulong value)
    {
        // Positive numbers reuse the unsigned forms, which start at 0xfc and so sort above every smaller one.
        if (value > ushort.MaxValue) return WriteUInt(destination, value);
        destination[0] = 0xfc;
        BinaryPrimitives.WriteUInt16BigEndian(destination[1..], (ushort)value);
        return 3;
    }
}
