namespace Nashi.Hyperschema.Generator.Model;

internal enum TypeKind
{
    Primitive,
    Struct,
    Enum,
    List,
    Map,
    Versioned,
    Alias,
    External,
}
