using Nashi.TestKit;

namespace Nashi.Fuzz;

/// <summary>What inputs start from: every byte string that the reference printed for an area, and short texts of formats that are text.</summary>
internal static class Corpus
{
    public static List<byte[]> Load(Target target)
    {
        List<byte[]> seeds = [[]];
        foreach (var area in target.Corpus)
        {
            if (area.StartsWith("text:", StringComparison.Ordinal)) seeds.Add(System.Text.Encoding.UTF8.GetBytes(area[5..]));
            else if (area.StartsWith("hex:", StringComparison.Ordinal)) seeds.Add(Convert.FromHexString(area[4..]));
            else if (File.Exists(Repository.PathOf("tests", "vectors", area + ".json"))) seeds.AddRange(Vectors.LoadBytes(area));
        }

        return seeds;
    }
}
