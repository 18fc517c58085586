using System.Text;

namespace Nashi.Laboratory.Peers;

/// <summary>What was typed and what came, in the order it happened.</summary>
internal sealed class Transcript
{
    private readonly StringBuilder _text = new();
    private readonly Lock _gate = new();
    private bool _hasPicture;

    /// <summary>A heading between commands.</summary>
    public void Head(string text) => Add($"\n# {text}\n");

    /// <summary>A command and all it said.</summary>
    public void Command(string who, string line, string output)
    {
        var isPicture = output.Contains("████", StringComparison.Ordinal);
        // One QR code is as good as the next.
        if (isPicture && _hasPicture) output = string.Join('\n', output.Split('\n').Where(row => !row.StartsWith("████", StringComparison.Ordinal) && !row.StartsWith("▀▀▀▀", StringComparison.Ordinal)));
        _hasPicture |= isPicture;
        Add($"{who}$ {line}\n{output}{(output.Length == 0 || output.EndsWith('\n') ? "" : "\n")}");
    }

    /// <summary>A line of a program that stays.</summary>
    public void Line(string who, string line) => Add($"{who}| {line}\n");

    /// <summary>Puts it between the two marks of a page.</summary>
    public void WriteInto(string page)
    {
        const string Begin = "<!-- session: begin -->";
        const string End = "<!-- session: end -->";
        var text = File.ReadAllText(page);
        var (from, to) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (from < 0 || to < from) throw new Kernel.LabException($"{page} has no marks to put a session between");
        File.WriteAllText(page, $"{text[..(from + Begin.Length)]}\n```text\n{ToString().Trim()}\n```\n{text[to..]}");
    }

    public override string ToString()
    {
        lock (_gate) return _text.ToString();
    }

    private void Add(string text)
    {
        lock (_gate) _text.Append(text);
    }
}
