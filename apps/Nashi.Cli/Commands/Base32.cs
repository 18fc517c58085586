namespace Nashi.Cli.Commands;

/// <summary>RFC 4648 base32 in lower case without padding: how a pipe's phrase is written.</summary>
internal static class Base32
{
    private const string Alphabet = "abcdefghijklmnopqrstuvwxyz234567";

    /// <summary>Encodes bytes.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes)
    {
        var text = new char[((bytes.Length * 8) + 4) / 5];
        for (var i = 0; i < text.Length; i++) text[i] = Alphabet[Digit(bytes, i * 5)];
        return new string(text);
    }

    /// <summary>Decodes exactly <paramref name="destination"/>'s length.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination)
    {
        if (text.Length != ((destination.Length * 8) + 4) / 5) return false;
        destination.Clear();
        for (var i = 0; i < text.Length; i++)
        {
            var digit = Alphabet.IndexOf(char.ToLowerInvariant(text[i]), StringComparison.Ordinal);
            if (digit < 0) return false;
            Put(destination, i * 5, digit);
        }

        return true;
    }

    private static int Digit(ReadOnlySpan<byte> bytes, int bit)
    {
        var at = bit / 8;
        var pair = (bytes[at] << 8) | (at + 1 < bytes.Length ? bytes[at + 1] : 0);
        return (pair >> (11 - (bit % 8))) & 31;
    }

    private static void Put(Span<byte> bytes, int bit, int digit)
    {
        var at = bit / 8;
        var pair = digit << (11 - (bit % 8));
        bytes[at] |= (byte)(pair >> 8);
        if (at + 1 < bytes.Length) bytes[at + 1] |= (byte)pair;
    }
}
