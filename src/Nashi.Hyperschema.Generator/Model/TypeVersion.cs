namespace Nashi.Hyperschema.Generator.Model;

/// <summary>One version of a versioned type, and all older ones that no other entry claims.</summary>
internal sealed class TypeVersion(long version, SchemaType type)
{
    public long Version { get; } = version;

    public SchemaType Type { get; } = type;
}
