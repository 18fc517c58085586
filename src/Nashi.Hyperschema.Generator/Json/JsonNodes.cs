namespace Nashi.Hyperschema.Generator.Json;

internal static class JsonNodes
{
    /// <summary>The node of what stands in no file.</summary>
    public static JsonNode Nothing { get; } = new(JsonKind.Null, 0);
}
