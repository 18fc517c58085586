using System.Text.Json;
using Nashi.TestKit;

namespace Nashi.Fuzz;

/// <summary>What inputs start from: every byte string that the reference printed for an area, and short texts of formats that are text.</summary>
internal static class Corpus
{
    private const int Longest = 8 * 1024;

    public static List<byte[]> Load(Target target)
    {
        List<byte[]> seeds = [[]];
        foreach (var area in target.Corpus)
        {
            if (area.StartsWith("text:", StringComparison.Ordinal)) seeds.Add(System.Text.Encoding.UTF8.GetBytes(area[5..]));
            else if (area.StartsWith("hex:", StringComparison.Ordinal)) seeds.Add(Convert.FromHexString(area[4..]));
            else if (File.Exists(Repository.PathOf("tests", "vectors", area + ".json"))) Collect(Vectors.Load(area), seeds);
        }

        return seeds;
    }

    private static void Collect(JsonElement element, List<byte[]> seeds)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject()) Collect(property.Value, seeds);
                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray()) Collect(item, seeds);
                break;
            case JsonValueKind.String:
                Add(element.GetString()!, seeds);
                break;
        }
    }

    private static void Add(string text, List<byte[]> seeds)
    {
        if (text.Length is 0 or > 2 * Longest || text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit)) return;
        seeds.Add(Convert.FromHexString(text));
    }
}
