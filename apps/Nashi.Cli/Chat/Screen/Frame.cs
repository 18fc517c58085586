using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Screen;

/// <summary>A picture of the whole screen, in cells. Nothing that is put reaches beyond its edges.</summary>
internal sealed class Frame
{
    private readonly Cell[] _cells;

    public Frame(int width, int height)
    {
        (Width, Height) = (width, height);
        _cells = new Cell[width * height];
        Array.Fill(_cells, Cell.Blank);
    }

    public int Width { get; }

    public int Height { get; }

    /// <summary>Where the cursor is shown.</summary>
    public (int X, int Y) Cursor { get; set; }

    public Cell this[int x, int y] => _cells[(y * Width) + x];

    /// <summary>Puts text on a row, no further than <paramref name="end"/>; gives where it ended.</summary>
    public int Put(int x, int y, string text, CellStyle style = default, int end = int.MaxValue)
    {
        end = Math.Min(end, Width);
        if (y < 0 || y >= Height) return x;
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var length = CellWidth.NextCluster(rest);
            var width = CellWidth.OfCluster(rest[..length]);
            if (x < 0 || x + width > end) break;
            if (width > 0) Set(x, y, rest[..length].ToString(), style);
            if (width == 2) Set(x + 1, y, "", style);
            x += width;
            rest = rest[length..];
        }

        return x;
    }

    /// <summary>Fills a part of a row with one character.</summary>
    public void Fill(int x, int y, int end, string text, CellStyle style = default)
    {
        for (; x < Math.Min(end, Width) && y >= 0 && y < Height; x++) Set(x, y, text, style);
    }

    /// <summary>A row as text.</summary>
    public string Row(int y) => string.Concat(Enumerable.Range(0, Width).Select(x => this[x, y].Text)).TrimEnd();

    /// <summary>All rows as text.</summary>
    public override string ToString() => string.Join('\n', Enumerable.Range(0, Height).Select(Row));

    private void Set(int x, int y, string text, CellStyle style) => _cells[(y * Width) + x] = new Cell(text, style);
}
