using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Nashi.Hyperschema;

/// <summary>JSON values as JavaScript's <c>JSON.stringify</c> prints them.</summary>
public static class SchemaJson
{
    private static readonly JsonDocumentOptions Options = new() { MaxDepth = SchemaReader.MaxDepth };

    /// <summary>The text of a value, without white space. Numbers keep the text they were parsed from.</summary>
    public static string Print(JsonElement value)
    {
        var text = new StringBuilder();
        Print(value, text);
        return text.ToString();
    }

    /// <summary>Whether an optional field with this value is written: not for <c>null</c>, <c>false</c>, 0 and the empty text.</summary>
    public static bool IsTruthy(JsonElement? value) => value is { } json && json.ValueKind switch
    {
        JsonValueKind.Undefined or JsonValueKind.Null or JsonValueKind.False => false,
        JsonValueKind.Number => !json.TryGetDouble(out var number) || number != 0,
        JsonValueKind.String => !json.ValueEquals(""),
        _ => true,
    };

    internal static bool TryParse(ReadOnlySpan<byte> text, out JsonElement value)
    {
        value = default;
        if (!Utf8.IsValid(text)) return false;
        try
        {
            using var document = JsonDocument.Parse(text.ToArray(), Options);
            value = document.RootElement.Clone();
            // Half of a surrogate pair can be written in JSON but is no text: every use of it would throw.
            if (HasSurrogateEscapes(text)) _ = Print(value);
            return true;
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return false;
        }
    }

    private static bool HasSurrogateEscapes(ReadOnlySpan<byte> text) => text.IndexOf("\\ud"u8) >= 0 || text.IndexOf("\\uD"u8) >= 0;

    // As deep as the parser let it be.
    private static void Print(JsonElement value, StringBuilder text)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Undefined:
                text.Append("null");
                break;
            case JsonValueKind.String:
                PrintText(value.GetString()!, text);
                break;
            case JsonValueKind.Array:
                text.Append('[');
                foreach (var item in value.EnumerateArray())
                {
                    Separate(text, '[');
                    Print(item, text);
                }

                text.Append(']');
                break;
            case JsonValueKind.Object:
                text.Append('{');
                foreach (var property in value.EnumerateObject())
                {
                    Separate(text, '{');
                    PrintText(property.Name, text);
                    text.Append(':');
                    Print(property.Value, text);
                }

                text.Append('}');
                break;
            default:
                text.Append(value.GetRawText());
                break;
        }
    }

    private static void Separate(StringBuilder text, char opening)
    {
        if (text[^1] != opening) text.Append(',');
    }

    private static void PrintText(string value, StringBuilder text)
    {
        text.Append('"');
        foreach (var c in value)
        {
            _ = c switch
            {
                '"' => text.Append("\\\""),
                '\\' => text.Append("\\\\"),
                '\b' => text.Append("\\b"),
                '\f' => text.Append("\\f"),
                '\n' => text.Append("\\n"),
                '\r' => text.Append("\\r"),
                '\t' => text.Append("\\t"),
                < ' ' => text.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture)),
                _ => text.Append(c),
            };
        }

        text.Append('"');
    }
}
