using System.Globalization;
using System.Text;

namespace Nashi.Cli.Chat.Screen;

/// <summary>What to write to a terminal that shows one frame so that it shows the next.</summary>
internal static class Painter
{
    /// <summary>Enters the other screen, where nothing of before is lost; pastes are marked.</summary>
    public const string Enter = "\u001b[?1049h\u001b[?2004h\u001b[2J";

    /// <summary>Leaves it as it was.</summary>
    public const string Leave = "\u001b[?2004l\u001b[0m\u001b[?25h\u001b[?1049l";

    /// <summary>The changes from a frame to the next; everything when there is none before, or of another size.</summary>
    public static string Paint(Frame? before, Frame after, bool usesColor)
    {
        // Terminals that know ?2026 show it all at once.
        var output = new StringBuilder("\u001b[?2026h\u001b[?25l");
        if (before is null || before.Width != after.Width || before.Height != after.Height)
        {
            before = null;
            _ = output.Append("\u001b[0m\u001b[2J");
        }

        for (var y = 0; y < after.Height; y++) PaintRow(output, before, after, y, usesColor);
        _ = output.Append(CultureInfo.InvariantCulture, $"\u001b[0m\u001b[{after.Cursor.Y + 1};{after.Cursor.X + 1}H\u001b[?25h\u001b[?2026l");
        return output.ToString();
    }

    private static void PaintRow(StringBuilder output, Frame? before, Frame after, int y, bool usesColor)
    {
        // Where the terminal's cursor is known to be, and how it writes there.
        var (at, style) = (-1, default(CellStyle?));
        for (var x = 0; x < after.Width; x++)
        {
            var cell = after[x, y];
            if (cell.Text.Length == 0 || !HasChanged(before, after, x, y)) continue;
            if (at != x) _ = output.Append(CultureInfo.InvariantCulture, $"\u001b[{y + 1};{x + 1}H");
            if (style != cell.Style) _ = output.Append(cell.Style.ToSequence(usesColor));
            _ = output.Append(cell.Text);
            style = cell.Style;
            // Terminals differ about the width of all but the plainest: the cursor is placed anew after it.
            at = cell.Text is [>= ' ' and < '\u0300'] ? x + 1 : -1;
        }
    }

    private static bool HasChanged(Frame? before, Frame after, int x, int y)
    {
        if (before is null || before[x, y] != after[x, y]) return true;
        // The right half of a wide one may have become something else, and back.
        return x + 1 < after.Width && after[x + 1, y].Text.Length == 0 && before[x + 1, y] != after[x + 1, y];
    }
}
