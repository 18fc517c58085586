using Nashi.Hyperschema.Generator.Json;

namespace Nashi.Hyperschema.Generator.Model;

internal sealed class SchemaField(string name, SchemaType type, JsonNode node)
{
    public string Name { get; } = name;

    public SchemaType Type { get; } = type;

    public string CsName { get; set; } = "";

    public bool IsRequired { get; set; }

    public bool IsArray { get; } = node.Flag("array");

    public bool IsInline { get; } = node.Flag("inline");

    /// <summary>The schema version that brought the field.</summary>
    public long Version { get; } = node.Integer("version") ?? 1;

    /// <summary>A constant is never written; every value reads as it.</summary>
    public bool IsConstant { get; } = node.Has("constant");

    public JsonNode? Constant { get; } = node["constant"];

    public bool IsOptional => !IsRequired && !IsConstant;

    /// <summary>Whether the value lives in the flags of the struct. A bool behind an alias does not.</summary>
    public bool IsFlag => !IsArray && Type.Primitive is { IsFlag: true };

    public bool IsNothing => !IsArray && Type.Real.Primitive?.Name == "none";

    public bool IsFramed => Type.IsFrameable;

    /// <summary>How many flag bits it takes after its own.</summary>
    public int ExtraBits
    {
        get
        {
            if (IsConstant) return 0;
            if (Type.Primitive is { Bits: > 0 } primitive) return primitive.Bits - 1;
            if (!IsInline) return 0;
            var bits = 0;
            foreach (var inner in Type.Fields) bits += inner.ExtraBits + (inner.IsOptional ? 1 : 0);
            return bits;
        }
    }
}
