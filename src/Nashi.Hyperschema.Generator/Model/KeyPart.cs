using System.Collections.Generic;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>One value of a key.</summary>
internal sealed class KeyPart(string path, IReadOnlyList<SchemaField> fields, SchemaType type, string kind)
{
    /// <summary>The path in the record, such as <c>author.name</c>.</summary>
    public string Path { get; } = path;

    /// <summary>The fields on the way; empty for what a map gives.</summary>
    public IReadOnlyList<SchemaField> Fields { get; } = fields;

    public SchemaType Type { get; } = type;

    /// <summary>How it sorts: <c>UInt</c>, <c>Int</c>, <c>String</c>, <c>Bytes</c>, <c>Bool</c> or <c>Date</c>.</summary>
    public string Kind { get; } = kind;

    /// <summary>The name of the property of the key type.</summary>
    public string CsName { get; set; } = "";

    public SchemaField? Leaf => Fields.Count > 0 ? Fields[Fields.Count - 1] : null;
}
