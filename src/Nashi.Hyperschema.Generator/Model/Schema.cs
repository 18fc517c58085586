using System.Collections.Generic;

namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A whole schema file.</summary>
internal sealed class Schema(long version)
{
    public long Version { get; } = version;

    /// <summary>Declared types, in the order of the file.</summary>
    public List<SchemaType> Types { get; } = [];

    public Dictionary<string, SchemaType> ByName { get; } = [];

    public SchemaType? Find(string fqn)
    {
        if (Primitive.All.TryGetValue(fqn, out var primitive))
            return new SchemaType(fqn, TypeKind.Primitive, Json.JsonNodes.Nothing) { Primitive = primitive, CsName = primitive.CsType };
        return ByName.TryGetValue(fqn, out var type) ? type : null;
    }
}
