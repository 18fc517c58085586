using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Screen;

/// <summary>A text being typed, with a cursor between user-perceived characters, and the texts that were sent before.</summary>
internal sealed class LineEditor
{
    /// <summary>The longest text in chars.</summary>
    public const int MaxLength = 16 * 1024;

    private const int MaxHistory = 200;

    private readonly List<string> _history = [];
    private int _recalled;
    private string _draft = "";

    /// <summary>The text.</summary>
    public string Text { get; private set; } = "";

    /// <summary>Where the cursor is, in chars.</summary>
    public int Cursor { get; private set; }

    /// <summary>Whether nothing is typed.</summary>
    public bool IsEmpty => Text.Length == 0;

    /// <summary>Handles an editing key; false when it is not one.</summary>
    public bool Handle(Key key)
    {
        switch (key.Kind)
        {
            case KeyKind.Text: Insert(key.Text); return true;
            case KeyKind.Paste: Insert(TerminalText.Block(key.Text).Replace("\t", "    ", StringComparison.Ordinal)); return true;
            case KeyKind.AltEnter: Insert("\n"); return true;
            case KeyKind.Backspace: Erase(Before(Cursor), Cursor); return true;
            case KeyKind.Delete: Erase(Cursor, After(Cursor)); return true;
            case KeyKind.Left: Cursor = Before(Cursor); return true;
            case KeyKind.Right: Cursor = After(Cursor); return true;
            case KeyKind.WordLeft: Cursor = WordBefore(Cursor); return true;
            case KeyKind.WordRight: Cursor = WordAfter(Cursor); return true;
            case KeyKind.Home: Cursor = LineStart; return true;
            case KeyKind.End: Cursor = LineEnd; return true;
            case KeyKind.Up: Recall(-1); return true;
            case KeyKind.Down: Recall(1); return true;
            case KeyKind.AltBackspace: Erase(WordBefore(Cursor), Cursor); return true;
            case KeyKind.Ctrl: return HandleControl(key.Text);
            default: return false;
        }
    }

    /// <summary>Takes the text to be sent, and remembers it.</summary>
    public string Take()
    {
        var text = Text;
        if (text.Length > 0 && (_history.Count == 0 || _history[^1] != text)) _history.Add(text);
        if (_history.Count > MaxHistory) _history.RemoveAt(0);
        (_recalled, _draft) = (_history.Count, "");
        Set("");
        return text;
    }

    /// <summary>Puts a text in the place of what is typed.</summary>
    public void Set(string text) => (Text, Cursor) = (text, text.Length);

    private int LineStart => Cursor == 0 ? 0 : Text.LastIndexOf('\n', Cursor - 1) + 1;

    private int LineEnd => Text.IndexOf('\n', Cursor) is >= 0 and var at ? at : Text.Length;

    private bool HandleControl(string letter)
    {
        switch (letter)
        {
            case "a": Cursor = LineStart; return true;
            case "e": Cursor = LineEnd; return true;
            case "b": Cursor = Before(Cursor); return true;
            case "f": Cursor = After(Cursor); return true;
            case "d": Erase(Cursor, After(Cursor)); return true;
            case "k": Erase(Cursor, LineEnd); return true;
            case "u": Erase(LineStart, Cursor); return true;
            case "w": Erase(WordBefore(Cursor), Cursor); return true;
            default: return false;
        }
    }

    private void Insert(string text)
    {
        if (Text.Length + text.Length > MaxLength) return;
        Text = Text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    private void Erase(int from, int to)
    {
        Text = Text.Remove(from, to - from);
        Cursor = from;
    }

    private int After(int at) => at >= Text.Length ? at : at + CellWidth.NextCluster(Text.AsSpan(at));

    private int Before(int at)
    {
        // Clusters can only be told from the front; a line is long enough to start from.
        var start = at <= 1 ? 0 : Text.LastIndexOf('\n', at - 2) + 1;
        var last = start;
        while (start < at)
        {
            last = start;
            start += CellWidth.NextCluster(Text.AsSpan(start));
        }

        return last;
    }

    private int WordBefore(int at)
    {
        while (at > 0 && char.IsWhiteSpace(Text[at - 1])) at--;
        while (at > 0 && !char.IsWhiteSpace(Text[at - 1])) at--;
        return at;
    }

    private int WordAfter(int at)
    {
        while (at < Text.Length && char.IsWhiteSpace(Text[at])) at++;
        while (at < Text.Length && !char.IsWhiteSpace(Text[at])) at++;
        return at;
    }

    private void Recall(int step)
    {
        var next = Math.Clamp(_recalled + step, 0, _history.Count);
        if (next == _recalled) return;
        if (_recalled == _history.Count) _draft = Text;
        _recalled = next;
        Set(next == _history.Count ? _draft : _history[next]);
    }
}
