using System.Text;

namespace Nashi.Laboratory.Reports;

/// <summary>A table in Markdown whose columns also line up on a terminal.</summary>
internal sealed class Table(params string[] head)
{
    private readonly List<string[]> _rows = [head];

    public Table Add(params string[] row)
    {
        _rows.Add(row);
        return this;
    }

    public override string ToString()
    {
        var widths = Enumerable.Range(0, head.Length).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        var text = new StringBuilder();
        for (var row = 0; row < _rows.Count; row++)
        {
            text.Append('|').AppendJoin('|', _rows[row].Select((cell, column) => $" {cell.PadRight(widths[column])} ")).Append("|\n");
            if (row == 0) text.Append('|').AppendJoin('|', widths.Select(width => new string('-', width + 2))).Append("|\n");
        }

        return text.ToString();
    }
}
