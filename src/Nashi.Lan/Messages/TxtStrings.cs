namespace Nashi.Lan.Messages;

/// <summary>The content of a TXT record: <c>key=value</c> strings of at most 255 bytes (RFC 6763 §6). Values may be any bytes.</summary>
internal static class TxtStrings
{
    /// <summary>The longest string.</summary>
    public const int MaxString = 255;

    /// <summary>Appends one string.</summary>
    /// <exception cref="ArgumentException">It is too long.</exception>
    public static void Append(List<byte> to, string key, ReadOnlySpan<byte> value)
    {
        var length = key.Length + 1 + value.Length;
        if (length > MaxString) throw new ArgumentException("A TXT string has at most 255 bytes.", nameof(value));
        to.Add((byte)length);
        foreach (var letter in key) to.Add((byte)letter);
        to.Add((byte)'=');
        to.AddRange(value);
    }

    /// <summary>Finds the first string with a key; keys have ASCII letters and digits and no case.</summary>
    /// <returns>False when it is not there, or the record is malformed before it.</returns>
    public static bool TryFind(ReadOnlySpan<byte> strings, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        value = default;
        while (!strings.IsEmpty && strings[0] < strings.Length)
        {
            var entry = strings.Slice(1, strings[0]);
            strings = strings[(1 + entry.Length)..];
            if (entry.Length <= key.Length || entry[key.Length] != '=' || !System.Text.Ascii.EqualsIgnoreCase(entry[..key.Length], key)) continue;
            value = entry[(key.Length + 1)..];
            return true;
        }

        return false;
    }
}
