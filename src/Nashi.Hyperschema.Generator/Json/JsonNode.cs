using System.Collections.Generic;
using System.Globalization;

namespace Nashi.Hyperschema.Generator.Json;

/// <summary>A JSON value with the place it stands at.</summary>
internal sealed class JsonNode(JsonKind kind, int position)
{
    public JsonKind Kind { get; } = kind;

    public int Position { get; } = position;

    public string Text { get; set; } = "";

    public List<JsonNode> Items { get; } = [];

    public List<KeyValuePair<string, JsonNode>> Properties { get; } = [];

    /// <summary>A property's value; <see langword="null"/> when it is missing or <c>null</c>.</summary>
    public JsonNode? this[string name]
    {
        get
        {
            foreach (var property in Properties)
            {
                if (property.Key == name) return property.Value.Kind == JsonKind.Null ? null : property.Value;
            }

            return null;
        }
    }

    public bool Has(string name) => Properties.Exists(property => property.Key == name);

    public string? String(string name) => this[name] is { Kind: JsonKind.String } value ? value.Text : null;

    public bool Flag(string name) => this[name] is { Kind: JsonKind.True };

    public long? Integer(string name)
        => this[name] is { Kind: JsonKind.Number } value && long.TryParse(value.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    public IReadOnlyList<JsonNode> List(string name) => this[name] is { Kind: JsonKind.Array } value ? value.Items : [];
}
