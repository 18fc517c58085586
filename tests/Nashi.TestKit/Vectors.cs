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

    /// <summary>Every byte string of an area, up to a length.</summary>
    public static IReadOnlyList<byte[]> LoadBytes(string area, int longest = 8 * 1024)
    {
        List<byte[]> found = [];
        Collect(Load(area), longest, found);
        return found;
    }

    /// <summary>The hex string at a property, as bytes.</summary>
    public static byte[] Bytes(this JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    /// <summary>The hex string itself, as bytes.</summary>
    public static byte[] Bytes(this JsonElement element) => Convert.FromHexString(element.GetString()!);

    private static void Collect(JsonElement element, int longest, List<byte[]> found)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Collect(property.Value, longest, found);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Collect(item, longest, found);
                break;
            case JsonValueKind.String:
                var text = element.GetString()!;
                if (text.Length is not 0 && text.Length <= 2 * longest && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)) found.Add(Convert.FromHexString(text));
                break;
        }
    }
}
