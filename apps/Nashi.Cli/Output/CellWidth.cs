using System.Globalization;
using System.Text;

namespace Nashi.Cli.Output;

/// <summary>How many cells of a terminal text takes: none for marks, two for East Asian and pictures, one for the rest.</summary>
internal static class CellWidth
{
    // First and last code point of what is two cells wide: East_Asian_Width W and F, joined where nothing lies between. Source: Unicode 16, EastAsianWidth.txt.
    private static readonly (int First, int Last)[] Wide =
    [
        (0x1100, 0x115f), (0x231a, 0x231b), (0x2329, 0x232a), (0x23e9, 0x23ec), (0x23f0, 0x23f0), (0x23f3, 0x23f3), (0x25fd, 0x25fe),
        (0x2614, 0x2615), (0x2630, 0x2637), (0x2648, 0x2653), (0x267f, 0x267f), (0x268a, 0x268f), (0x2693, 0x2693), (0x26a1, 0x26a1),
        (0x26aa, 0x26ab), (0x26bd, 0x26be), (0x26c4, 0x26c5), (0x26ce, 0x26ce), (0x26d4, 0x26d4), (0x26ea, 0x26ea), (0x26f2, 0x26f3),
        (0x26f5, 0x26f5), (0x26fa, 0x26fa), (0x26fd, 0x26fd), (0x2705, 0x2705), (0x270a, 0x270b), (0x2728, 0x2728), (0x274c, 0x274c),
        (0x274e, 0x274e), (0x2753, 0x2755), (0x2757, 0x2757), (0x2795, 0x2797), (0x27b0, 0x27b0), (0x27bf, 0x27bf), (0x2b1b, 0x2b1c),
        (0x2b50, 0x2b50), (0x2b55, 0x2b55), (0x2e80, 0x303e), (0x3041, 0xa4cf), (0xa960, 0xa97f), (0xac00, 0xd7a3), (0xf900, 0xfaff),
        (0xfe10, 0xfe19), (0xfe30, 0xfe6f), (0xff01, 0xff60), (0xffe0, 0xffe6), (0x16fe0, 0x18cff), (0x1aff0, 0x1b2ff), (0x1d300, 0x1d376),
        (0x1f004, 0x1f004), (0x1f0cf, 0x1f0cf), (0x1f18e, 0x1f18e), (0x1f191, 0x1f19a), (0x1f1e6, 0x1f202), (0x1f210, 0x1f23b), (0x1f240, 0x1f248),
        (0x1f250, 0x1f251), (0x1f260, 0x1f265), (0x1f300, 0x1f320), (0x1f32d, 0x1f335), (0x1f337, 0x1f37c), (0x1f37e, 0x1f393), (0x1f3a0, 0x1f3ca),
        (0x1f3cf, 0x1f3d3), (0x1f3e0, 0x1f3f0), (0x1f3f4, 0x1f3f4), (0x1f3f8, 0x1f43e), (0x1f440, 0x1f440), (0x1f442, 0x1f4fc), (0x1f4ff, 0x1f53d),
        (0x1f54b, 0x1f54e), (0x1f550, 0x1f567), (0x1f57a, 0x1f57a), (0x1f595, 0x1f596), (0x1f5a4, 0x1f5a4), (0x1f5fb, 0x1f64f), (0x1f680, 0x1f6c5),
        (0x1f6cc, 0x1f6cc), (0x1f6d0, 0x1f6d2), (0x1f6d5, 0x1f6d7), (0x1f6dc, 0x1f6df), (0x1f6eb, 0x1f6ec), (0x1f6f4, 0x1f6fc), (0x1f7e0, 0x1f7eb),
        (0x1f7f0, 0x1f7f0), (0x1f90c, 0x1f93a), (0x1f93c, 0x1f945), (0x1f947, 0x1f9ff), (0x1fa70, 0x1faff), (0x20000, 0x2fffd), (0x30000, 0x3fffd),
    ];

    /// <summary>The width of one code point: 0, 1 or 2.</summary>
    public static int Of(Rune rune)
    {
        if (rune.Value is >= ' ' and < 0x7f) return 1;
        if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format or UnicodeCategory.Control) return 0;
        // The later parts of a Korean syllable join the first.
        if (rune.Value is >= 0x1160 and <= 0x11ff) return 0;
        return IsWide(rune.Value) ? 2 : 1;
    }

    /// <summary>The width of one user-perceived character, such as a letter with its marks or a family of emoji.</summary>
    public static int OfCluster(ReadOnlySpan<char> cluster)
    {
        var width = 0;
        foreach (var rune in cluster.EnumerateRunes())
        {
            // U+FE0F asks for the picture, which is wide.
            if (rune.Value == 0xfe0f && width == 1) width = 2;
            else width = Math.Max(width, Of(rune));
        }

        return width;
    }

    /// <summary>The width of text on one line.</summary>
    public static int Of(ReadOnlySpan<char> text)
    {
        var width = 0;
        while (!text.IsEmpty)
        {
            var length = NextCluster(text);
            width += OfCluster(text[..length]);
            text = text[length..];
        }

        return width;
    }

    /// <summary>How many chars the first user-perceived character has.</summary>
    public static int NextCluster(ReadOnlySpan<char> text)
    {
        if (text.Length > 1 && text[0] is >= ' ' and < '\x7f' && text[1] is >= ' ' and < '\x7f') return 1;
        return StringInfo.GetNextTextElementLength(text);
    }

    /// <summary>The text when it fits, else as much as fits and an ellipsis.</summary>
    public static string Fit(string text, int cells)
    {
        if (cells <= 0) return "";
        if (Of(text) <= cells) return text;
        var (at, width) = (0, 0);
        while (at < text.Length)
        {
            var length = NextCluster(text.AsSpan(at));
            var more = OfCluster(text.AsSpan(at, length));
            if (width + more > cells - 1) break;
            (at, width) = (at + length, width + more);
        }

        return text[..at] + "…";
    }

    /// <summary>The text, with spaces up to a width.</summary>
    public static string Pad(string text, int cells) => text + new string(' ', Math.Max(0, cells - Of(text)));

    /// <summary>Text in lines of a width: broken at spaces where it can be, and at its own line breaks. Tabs become spaces.</summary>
    public static IReadOnlyList<string> Wrap(string text, int cells)
    {
        var lines = new List<string>();
        foreach (var line in text.Replace("\t", "    ", StringComparison.Ordinal).Split('\n')) WrapLine(lines, line, Math.Max(2, cells));
        return lines;
    }

    private static void WrapLine(List<string> lines, string line, int cells)
    {
        var (start, at, width, space) = (0, 0, 0, -1);
        while (at < line.Length)
        {
            var length = NextCluster(line.AsSpan(at));
            var more = OfCluster(line.AsSpan(at, length));
            if (width + more > cells)
            {
                // A space that does not fit any more ends the line, and is not seen.
                if (line[at] == ' ') (space, length) = (at, 1);
                var end = space > start ? space : at;
                lines.Add(line[start..end]);
                start = end < line.Length && line[end] == ' ' ? end + 1 : end;
                at = start;
                (width, space) = (0, -1);
                continue;
            }

            if (line[at] == ' ') space = at;
            (at, width) = (at + length, width + more);
        }

        lines.Add(line[start..]);
    }

    private static bool IsWide(int value)
    {
        var (low, high) = (0, Wide.Length - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (value < Wide[middle].First) high = middle - 1;
            else if (value > Wide[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }
}
