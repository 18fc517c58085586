namespace Nashi.Encoding;

/// <summary>How many bytes <see cref="CompactWriter"/> will write.</summary>
public static class CompactSize
{
    /// <summary>Size of a variable-length unsigned integer: 1, 3, 5 or 9.</summary>
    public static int UInt(ulong value) => value switch
    {
        <= 0xfc => 1,
        <= ushort.MaxValue => 3,
        <= uint.MaxValue => 5,
        _ => 9,
    };

    /// <summary>Size of a zig-zag signed integer.</summary>
    public static int Int(long value) => UInt((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Size of a length-prefixed buffer of <paramref name="length"/> bytes.</summary>
    public static int Buffer(int length) => UInt((ulong)length) + length;

    /// <summary>Size of a UTF-8 string with its length.</summary>
    public static int String(ReadOnlySpan<char> text) => Buffer(System.Text.Encoding.UTF8.GetByteCount(text));
}
