namespace Nashi.Hyperschema.Generator.Model;

/// <summary>A command of a dispatch file.</summary>
internal sealed class Route(string name, string csName, long id, SchemaType request)
{
    public string Name { get; } = name;

    public string CsName { get; } = csName;

    public long Id { get; } = id;

    public SchemaType Request { get; } = request;
}
