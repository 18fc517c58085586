using System.Collections.Generic;
using System.Linq;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A collection or an index: what a key leads to.</summary>
internal sealed class KeyedType(string fqn, JsonNode node, long id, string csName)
{
    public string Fqn { get; } = fqn;

    public JsonNode Node { get; } = node;

    public long Id { get; } = id;

    public string CsName { get; } = csName;

    public long Version { get; } = node.Integer("version") ?? 0;

    /// <summary>The struct of the records, or the versioned type.</summary>
    public SchemaType Record { get; set; } = null!;

    /// <summary>The values of the whole key, in order.</summary>
    public List<KeyPart> Key { get; } = [];

    /// <summary>How many values of the key a reader may name.</summary>
    public int NamedParts { get; set; }

    public string KeyType { get; set; } = "";

    /// <summary>The structs that a record may be.</summary>
    public IReadOnlyList<SchemaType> Structs => Record.Kind == TypeKind.Versioned ? [.. Record.Versions.Select(version => version.Type).Distinct()] : [Record];

    // Of a collection.
    public List<KeyedType> Indexes { get; } = [];

    /// <summary>What of each struct is stored beside the key; empty when that is all of it.</summary>
    public List<KeyValuePair<SchemaType, StructLayout>> ValueLayouts { get; } = [];

    public SchemaField? VersionField { get; set; }

    public bool HasTrigger { get; set; }

    // Of an index.
    public KeyedType? Collection { get; set; }

    public bool IsUnique { get; set; }

    public bool IsDeprecated { get; set; }

    /// <summary>Whether code of the user makes the keys.</summary>
    public bool IsMapped { get; set; }

    /// <summary>How many values of the key a map gives.</summary>
    public int MappedParts { get; set; }

    /// <summary>The type of what a map gives, when that is more than one value.</summary>
    public string? MappedType { get; set; }
}
