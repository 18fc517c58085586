using System.Globalization;
using Nashi.TestKit;

namespace Nashi.Fuzz;

/// <summary>Inputs that were kept for a target: one file with a line of hex for each.</summary>
internal static class CorpusFile
{
    /// <summary>How many bytes of inputs a target keeps.</summary>
    public const int MaxBytes = 10 * 1024;

    public static string PathOf(string target) => Repository.PathOf("tests", "Fuzz", "corpus", Slug(target) + ".hex");

    public static string Slug(string target) => string.Concat(target.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLower(c, CultureInfo.InvariantCulture) : '-')).Replace("--", "-", StringComparison.Ordinal);

    public static List<byte[]> Load(string target) =>
        File.Exists(PathOf(target)) ? [.. File.ReadLines(PathOf(target)).Where(line => !line.StartsWith('#')).Select(Convert.FromHexString)] : [];

    public static void Save(string target, IEnumerable<byte[]> inputs)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(target))!);
        var lines = inputs.OrderBy(input => input.Length).Select(Convert.ToHexStringLower).Distinct(StringComparer.Ordinal).ToList();
        File.WriteAllText(PathOf(target), string.Concat(lines.Select(line => line + "\n")));
    }
}
