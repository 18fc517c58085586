using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Nashi.Hyperdrive.Drives;

/// <summary>The JSON of a drive's entries, byte for byte as JavaScript writes it: the same members, in the same order.</summary>
internal static class DriveEntryCodec
{
    private const int MaxDepth = 64;
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth };

    public static byte[] Encode(bool executable, string? linkName, BlobId? blob, JsonElement? metadata)
    {
        var text = new StringBuilder(160);
        text.Append("{\"executable\":").Append(executable ? "true" : "false").Append(",\"linkname\":");
        if (linkName is null) text.Append("null");
        else AppendString(text, linkName);
        text.Append(",\"blob\":");
        if (blob is { } id) AppendBlob(text, id);
        else text.Append("null");
        text.Append(",\"metadata\":");
        if (metadata is { } value) Append(text, value, 0);
        else text.Append("null");
        return System.Text.Encoding.UTF8.GetBytes(text.Append('}').ToString());
    }

    public static bool TryDecode(string path, ulong seq, ReadOnlyMemory<byte> value, out DriveEntry entry)
    {
        entry = new DriveEntry(path, seq);
        try
        {
            using var document = JsonDocument.Parse(value, Strict);
            var root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !TryBlob(root, out var blob)) return false;
            entry = entry with
            {
                IsExecutable = root.TryGetProperty("executable", out var executable) && executable.ValueKind == JsonValueKind.True,
                LinkName = root.TryGetProperty("linkname", out var link) && link.ValueKind == JsonValueKind.String ? link.GetString() : null,
                Metadata = root.TryGetProperty("metadata", out var metadata) && metadata.ValueKind != JsonValueKind.Null ? metadata.Clone() : null,
                Blob = blob,
            };
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string with half a surrogate pair.
            return false;
        }
    }

    private static bool TryBlob(JsonElement root, out BlobId? blob)
    {
        blob = null;
        if (!root.TryGetProperty("blob", out var value) || value.ValueKind == JsonValueKind.Null) return true;
        if (value.ValueKind != JsonValueKind.Object) return false;
        if (!TryNumber(value, "blockOffset", out var block) || !TryNumber(value, "blockLength", out var blocks)) return false;
        if (!TryNumber(value, "byteOffset", out var offset) || !TryNumber(value, "byteLength", out var bytes)) return false;
        blob = new BlobId(block, blocks, offset, bytes, value.TryGetProperty("blockMap", out var mapped) && mapped.ValueKind == JsonValueKind.True);
        return true;
    }

    private static bool TryNumber(JsonElement value, string name, out ulong number)
    {
        number = 0;
        return value.TryGetProperty(name, out var found) && found.ValueKind == JsonValueKind.Number && found.TryGetUInt64(out number) && number < 1UL << 53;
    }

    private static void AppendBlob(StringBuilder text, BlobId id)
    {
        text.Append(CultureInfo.InvariantCulture, $"{{\"blockOffset\":{id.BlockOffset},\"byteOffset\":{id.ByteOffset},\"blockLength\":{id.BlockLength},\"byteLength\":{id.ByteLength}");
        text.Append(id.IsMapped ? ",\"blockMap\":true}" : "}");
    }

    private static void Append(StringBuilder text, JsonElement value, int depth)
    {
        if (depth > MaxDepth) throw new ArgumentException("Metadata may not be nested this deep.");
        if (value.ValueKind == JsonValueKind.Object) AppendObject(text, value, depth);
        else if (value.ValueKind == JsonValueKind.Array) AppendArray(text, value, depth);
        else if (value.ValueKind == JsonValueKind.String) AppendString(text, value.GetString()!);
        else text.Append(value.ValueKind == JsonValueKind.Undefined ? "null" : value.GetRawText());
    }

    private static void AppendObject(StringBuilder text, JsonElement value, int depth)
    {
        text.Append('{');
        var isFirst = true;
        foreach (var member in value.EnumerateObject())
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            AppendString(text, member.Name);
            text.Append(':');
            Append(text, member.Value, depth + 1);
        }

        text.Append('}');
    }

    private static void AppendArray(StringBuilder text, JsonElement value, int depth)
    {
        text.Append('[');
        var isFirst = true;
        foreach (var item in value.EnumerateArray())
        {
            if (!isFirst) text.Append(',');
            isFirst = false;
            Append(text, item, depth + 1);
        }

        text.Append(']');
    }

    // JavaScript escapes quotes, backslashes, control characters and lone surrogates, and nothing else.
    private static void AppendString(StringBuilder text, string value)
    {
        text.Append('"');
        for (var i = 0; i < value.Length; i++)
        {
            var c = value[i];
            if (Short(c) is { } shortForm) text.Append('\\').Append(shortForm);
            else if (c < ' ' || IsLoneSurrogate(value, i)) text.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else text.Append(c);
        }

        text.Append('"');
    }

    private static char? Short(char c) => c switch
    {
        '"' => '"',
        '\\' => '\\',
        '\b' => 'b',
        '\f' => 'f',
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        _ => null,
    };

    private static bool IsLoneSurrogate(string value, int i)
    {
        if (char.IsHighSurrogate(value[i])) return i + 1 >= value.Length || !char.IsLowSurrogate(value[i + 1]);
        return char.IsLowSurrogate(value[i]) && (i == 0 || !char.IsHighSurrogate(value[i - 1]));
    }
}
