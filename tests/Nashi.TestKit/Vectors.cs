using System.Text.Json;

namespace Nashi.TestKit;

/// <summary>Golden vectors that the reference printed: <c>tests/vectors/{area}.json</c>, made by <c>tests/vectors/print/{area}.cjs</c>.</summary>
public static class Vectors
{
    /// <summary>Loads one area's vectors.</summary>
    public static JsonElement Load(string area)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Repository.PathOf("tests", "vectors", area + ".json")));
        return document.RootElement.Clone();
    }

    /// <summary>The hex string at a property, as bytes.</summary>
    public static byte[] Bytes(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    /// <summary>The hex string itself, as bytes.</summary>
    public static byte[] Bytes(this JsonElement element) => Convert.FromHexString(element.GetString()!);
}
