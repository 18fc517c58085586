namespace Nashi.Encoding;

/// <summary>Lower-case hexadecimal.</summary>
public static class Hex
{
    /// <summary>Encodes any number of bytes in lower case.</summary>
    public static string Encode(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);

    /// <summary>Decodes exactly <paramref name="destination"/>.Length bytes; either case is accepted.</summary>
    public static bool TryDecode(ReadOnlySpan<char> text, Span<byte> destination) =>
        text.Length == destination.Length * 2
        && Convert.FromHexString(text, destination, out _, out var written) == System.Buffers.OperationStatus.Done
        && written == destination.Length;
}
