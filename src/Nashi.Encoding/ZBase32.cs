namespace Nashi.Encoding;

/// <summary>z-base-32: the human-oriented base-32 alphabet that keys and links are written in.</summary>
/// <remarks>Lower case, no padding, no checksum; 32 bytes become 52 characters. Source: data.md §1.3, N18.</remarks>
public static class ZBase32
{
    private const string Alphabet = "ybndrfg8ejkmcpqxot1uwisza345h769";

    private static ReadOnlySpan<sbyte> Values =>
    [
        -1, 18, -1, 25, 26, 27, 30, 29, 7, 31, -1, -1, -1, -1, -1, -1,
        24, 1, 12, 3, 8, 5, 6, 28, 21, 9, 10, -1, 11, 2, 16, 13,
        14, 4, 22, 17, 19, -1, 20, 15, 0, 23, -1, -1, -1, -1, -1, -1,
    ];

    /// <summary>Characters needed for <paramref name="byteCount"/> bytes.</summary>
    public static int EncodedLength(int byteCount) => ((byteCount * 8) + 4) / 5;

    /// <summary>Encodes any number of bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[EncodedLength(bytes.Length)];
        var (bits, held, at) = (0u, 0, 0);
        foreach (var value in bytes)
        {
            bits = (bits << 8) | value;
            held += 8;
            for (; held >= 5; held -= 5) text[at++] = Alphabet[(int)((bits >> (held - 5)) & 31)];
        }

        if (held > 0) text[at] = Alphabet[(int)((bits << (5 - held)) & 31)];
        return new string(text);
    }

    /// <summary>Decodes exactly <paramref name="destination"/>.Length bytes; upper case is accepted.</summary>
    /// <returns>False when the length or a character is wrong, or when unused trailing bits are set.</returns>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != EncodedLength(destination.Length)) return false;
        var (bits, held, at) = (0u, 0, 0);
        foreach (var character in text)
        {
            var value = ValueOf(character);
            if (value < 0) return false;
            bits = (bits << 5) | (uint)value;
            held += 5;
            if (held < 8) continue;
            destination[at++] = (byte)(bits >> (held - 8));
            held -= 8;
        }

        return (bits & ((1u << held) - 1)) == 0;
    }

    private static int ValueOf(char character)
    {
        var index = char.ToLowerInvariant(character) - '0';
        return character < 128 && index >= 0 && index < 75 ? Lookup(index) : -1;
    }

    // Digits occupy '0'..'9' of the table, letters 'a'..'z' follow at index 16.
    private static int Lookup(int index) => index switch
    {
        < 10 => Values[index],
        >= 49 => Values[index - 49 + 16],
        _ => -1,
    };
}
