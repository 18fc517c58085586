using System.Collections.Generic;
using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A type of a schema: a primitive, or one that the schema declares.</summary>
internal sealed class SchemaType(string fqn, TypeKind kind, JsonNode node)
{
    public string Fqn { get; } = fqn;

    public TypeKind Kind { get; } = kind;

    public JsonNode Node { get; } = node;

    /// <summary>The name in C#; of a primitive its type.</summary>
    public string CsName { get; set; } = "";

    public Primitive? Primitive { get; set; }

    /// <summary>Why no C# is made of it; <see langword="null"/> when some is.</summary>
    public string? Omitted { get; set; }

    /// <summary>What an alias stands for, what a list holds, the values of a map.</summary>
    public SchemaType? Target { get; set; }

    /// <summary>The keys of a map.</summary>
    public SchemaType? Key { get; set; }

    public List<SchemaField> Fields { get; } = [];

    public StructLayout? Layout { get; set; }

    public bool IsCompact { get; set; }

    /// <summary>The versioned types a struct is a version of.</summary>
    public List<SchemaType> VersionOf { get; } = [];

    public List<TypeVersion> Versions { get; } = [];

    /// <summary>Whether the versions of a versioned type carry their length.</summary>
    public bool IsFramed { get; set; }

    public List<string> EnumNames { get; } = [];

    public long EnumOffset { get; set; }

    /// <summary>Whether JavaScript sees the names of an enum; otherwise it sees the numbers.</summary>
    public bool IsTextEnum { get; set; }

    /// <summary>The type itself, behind its aliases.</summary>
    public SchemaType Real
    {
        get
        {
            var type = this;
            // A chain of aliases is as long as the schema at most; the parser refused circles.
            while (type.Kind == TypeKind.Alias) type = type.Target!;
            return type;
        }
    }

    /// <summary>Whether a value carries its length where it is part of another.</summary>
    public bool IsFrameable => Real is { Kind: TypeKind.Struct, IsCompact: false };

    public bool IsBool => Real.Primitive?.Name == "bool";
}
