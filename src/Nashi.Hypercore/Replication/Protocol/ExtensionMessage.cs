using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>An application's message.</summary>
internal readonly ref struct ExtensionMessage
{
    public const int MaxNameSize = 1024;

    private ExtensionMessage(string name, ReadOnlySpan<byte> body)
    {
        Name = name;
        Body = body;
    }

    /// <summary>Whose; empty for the same as the last one in this direction.</summary>
    public string Name { get; }

    public ReadOnlySpan<byte> Body { get; }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ExtensionMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadString(MaxNameSize, out var name)) return false;
        message = new(name, reader.Rest);
        return true;
    }

    public static void Write(ref CompactWriter writer, string name, ReadOnlySpan<byte> body)
    {
        writer.WriteString(name);
        writer.WriteFixed(body);
    }
}
