using System.Globalization;
using System.Text;

namespace Nashi.Cli.Output;

/// <summary>Makes what others wrote safe to show in a terminal: nothing in it can move the cursor, give the terminal orders, reorder or hide its neighbours, or look like a line of ours.</summary>
/// <remarks>What could act is shown as �; what only hides is left out. The text itself stays readable in every script. Source: threats.md rows 40–45.</remarks>
internal static class TerminalText
{
    /// <summary>How many marks may be stacked on one letter; more would spill over the lines around.</summary>
    private const int MaxMarks = 4;

    private const char Replacement = '\ufffd';

    /// <summary>Text of several lines, with its line breaks and tabs.</summary>
    public static string Block(string? text) => Clean(text, isLine: false);

    /// <summary>Text on one line: line breaks and tabs become spaces.</summary>
    public static string Line(string? text) => Clean(text, isLine: true);

    /// <summary>A name on one line, no wider than <paramref name="maxCells"/>, and never empty.</summary>
    public static string Name(string? text, int maxCells = 32)
    {
        var clean = string.Join(' ', Line(text).Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return clean.Length == 0 ? "(no name)" : CellWidth.Fit(clean, maxCells);
    }

    private static string Clean(string? text, bool isLine)
    {
        if (string.IsNullOrEmpty(text) || IsPlain(text)) return text ?? "";
        var clean = new StringBuilder(text.Length);
        var marks = 0;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            // Half of a surrogate pair comes out as the replacement.
            _ = Rune.DecodeFromUtf16(rest, out var rune, out var used);
            rest = rest[used..];
            if (rune.Value == '\r' && rest is ['\n', ..]) continue;
            marks = IsMark(rune) ? marks + 1 : 0;
            if (marks <= MaxMarks) Append(clean, rune, isLine);
        }

        return clean.ToString();
    }

    private static void Append(StringBuilder clean, Rune rune, bool isLine)
    {
        switch (rune.Value)
        {
            case '\n' or '\t':
                _ = clean.Append(isLine ? ' ' : (char)rune.Value);
                break;
            case '\r' or 0x0b or 0x0c or 0x85 or 0x2028 or 0x2029:
                _ = clean.Append(isLine ? ' ' : '\n');
                break;
            case var value when Hides(value):
                break;
            case var value when Acts(rune, value):
                _ = clean.Append(Replacement);
                break;
            default:
                _ = clean.Append(rune);
                break;
        }
    }

    // C0 and C1 controls; embeddings, overrides and isolates, which reorder what follows; annotations; what is no character.
    private static bool Acts(Rune rune, int value) =>
        Rune.IsControl(rune)
        || value is (>= 0x202a and <= 0x202e) or (>= 0x2066 and <= 0x2069) or (>= 0xfff9 and <= 0xfffb)
        || (value & 0xfffe) == 0xfffe || value is >= 0xfdd0 and <= 0xfdef;

    // Without width: two names that look the same must be the same. The joiners stay, for emoji and for scripts that need them.
    private static bool Hides(int value) =>
        value is 0xad or 0x34f or 0x61c or 0x180e or 0x200b or 0x200e or 0x200f or 0xfeff or 0x3164 or 0xffa0 or 0x115f or 0x1160
            or (>= 0x2060 and <= 0x2065) or (>= 0x206a and <= 0x206f) or (>= 0xe0000 and <= 0xe0fff);

    private static bool IsMark(Rune rune) =>
        Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark && rune.Value is not (0xfe0e or 0xfe0f);

    private static bool IsPlain(string text) => text.AsSpan().IndexOfAnyExceptInRange(' ', '~') < 0;
}
