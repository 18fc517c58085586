namespace Nashi.Hyperbee;

/// <summary>Text as keys and values.</summary>
internal static class Utf8
{
    public static byte[] Bytes(string text) => System.Text.Encoding.UTF8.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> bytes) => System.Text.Encoding.UTF8.GetString(bytes);
}
