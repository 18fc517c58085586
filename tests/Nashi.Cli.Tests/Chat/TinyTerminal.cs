using System.Globalization;
using Nashi.Cli.Chat.Screen;
using Nashi.Cli.Output;

namespace Nashi.Cli.Tests.Chat;

/// <summary>As much of a terminal as the painter needs.</summary>
internal sealed class TinyTerminal(int width, int height)
{
    private readonly string[] _cells = [.. Enumerable.Repeat(" ", width * height)];
    private readonly string[] _looks = [.. Enumerable.Repeat("0", width * height)];
    private int _x;
    private int _y;
    private string _look = "0";

    public (int X, int Y) Cursor => (_x, _y);

    public void Write(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            if (text[at] == '\u001b')
            {
                var end = at + 2;
                while (text[end] is < '@' or > '~') end++;
                Do(text[(at + 2)..end], text[end]);
                at = end + 1;
                continue;
            }

            var length = CellWidth.NextCluster(text.AsSpan(at));
            Put(text.Substring(at, length));
            at += length;
        }
    }

    public void AssertShows(Frame frame)
    {
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                Assert.Equal(frame[x, y].Text, _cells[(y * width) + x]);
                Assert.Equal(frame[x, y].Style.ToSequence(usesColor: true), $"\u001b[{_looks[(y * width) + x]}m");
            }
        }

        Assert.Equal(frame.Cursor, Cursor);
    }

    private void Do(string parameters, char final)
    {
        switch (final)
        {
            case 'H':
                var parts = parameters.Split(';');
                (_x, _y) = (int.Parse(parts[1], CultureInfo.InvariantCulture) - 1, int.Parse(parts[0], CultureInfo.InvariantCulture) - 1);
                break;
            case 'm':
                _look = parameters;
                break;
            case 'J':
                Array.Fill(_cells, " ");
                Array.Fill(_looks, "0");
                break;
            default:
                Assert.True(final is 'h' or 'l', $"unknown sequence {parameters}{final}");
                break;
        }
    }

    private void Put(string cluster)
    {
        var cells = CellWidth.OfCluster(cluster);
        Assert.True(cells > 0 && _x + cells <= width && _y < height, $"'{cluster}' at {_x},{_y}");
        // Half of a wide one that is overwritten leaves a blank.
        if (_cells[(_y * width) + _x].Length == 0) _cells[(_y * width) + _x - 1] = " ";
        if (_x + cells < width && _cells[(_y * width) + _x + cells].Length == 0) _cells[(_y * width) + _x + cells] = " ";
        for (var i = 0; i < cells; i++) (_cells[(_y * width) + _x + i], _looks[(_y * width) + _x + i]) = (i == 0 ? cluster : "", _look);
        _x += cells;
    }
}
