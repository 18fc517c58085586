using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Screen;

/// <summary>What the full-screen client knows and shows: keys and news go in, wishes come out. Pure: no terminal, no clock, no waiting.</summary>
/// <remarks>Not thread-safe: one loop owns it.</remarks>
internal sealed class ChatModel
{
    private const int MinWidth = 20;
    private const int MinHeight = 5;

    private readonly List<RoomPane> _rooms = [];
    private readonly LineEditor _lobby = new();

    /// <summary>The rooms, in the order they are shown.</summary>
    public IReadOnlyList<RoomPane> Rooms => _rooms;

    /// <summary>The room that is looked at; null when there is none.</summary>
    public RoomPane? Current { get; private set; }

    /// <summary>A page over the messages.</summary>
    public Overlay? Overlay { get; private set; }

    /// <summary>What the lowest line says; empty for the usual help.</summary>
    public string Notice { get; private set; } = "";

    /// <summary>Whether that is bad news.</summary>
    public bool IsBadNews { get; private set; }

    /// <summary>What is under way, such as a file, by its id.</summary>
    public SortedDictionary<string, string> Progress { get; } = new(StringComparer.Ordinal);

    /// <summary>Who we are, for the upper left.</summary>
    public string Self { get; set; } = "";

    /// <summary>In which times are shown.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>The screen's width in cells.</summary>
    public int Width { get; private set; } = 80;

    /// <summary>The screen's height in cells.</summary>
    public int Height { get; private set; } = 24;

    /// <summary>What is being typed.</summary>
    public LineEditor Editor => Current?.Editor ?? _lobby;

    /// <summary>The screen has another size.</summary>
    public void Resize(int width, int height) => (Width, Height) = (Math.Max(MinWidth, width), Math.Max(MinHeight, height));

    /// <summary>Adds a room, or finds it.</summary>
    public RoomPane Room(string id)
    {
        if (_rooms.Find(room => room.Id == id) is { } known) return known;
        var added = new RoomPane(id);
        _rooms.Add(added);
        return added;
    }

    /// <summary>Looks at a room.</summary>
    public IEnumerable<Intent> Look(string id)
    {
        var room = Room(id);
        if (Current is { } left && left != room) left.FirstUnread = null;
        Current = room;
        Overlay = null;
        return [new Intent.Look(id), .. See()];
    }

    /// <summary>A message came, or changed.</summary>
    /// <param name="id">The room's.</param>
    /// <param name="message">The message.</param>
    /// <param name="isNews">Whether it came now, not with the history.</param>
    public IEnumerable<Intent> Put(string id, MessageLine message, bool isNews)
    {
        var room = Room(id);
        var isNew = room.Put(message);
        if (!isNews || !isNew) return [];
        var isSeen = room == Current && room.Scroll == 0 && Overlay is null;
        var isUnread = !message.IsOwn && !message.IsNote && !isSeen;
        if (isUnread) room.Unread++;
        if (isUnread) room.FirstUnread ??= message.Id;
        // Who reads further up goes on reading there.
        if (room.Scroll > 0) room.Scroll += MessageLayout.CountOf(room, message.Id, ChatView.MessageWidth(Width), Zone);
        return isSeen && !message.IsOwn && !message.IsNote ? [new Intent.MarkRead(id)] : [];
    }

    /// <summary>Older messages came.</summary>
    public void PutOlder(string id, IEnumerable<MessageLine> messages, bool hasOlder)
    {
        var room = Room(id);
        foreach (var message in messages) _ = room.Put(message);
        (room.HasOlder, room.IsLoading) = (hasOlder, false);
    }

    /// <summary>Says something in the lowest line, until the next key.</summary>
    public void Say(string notice, bool isBad = false) => (Notice, IsBadNews) = (TerminalText.Line(notice), isBad);

    /// <summary>Shows a page over the messages.</summary>
    public void Show(string title, IReadOnlyList<string> lines) => Overlay = new Overlay(title, lines);

    /// <summary>A key was pressed.</summary>
    public IEnumerable<Intent> Handle(Key key)
    {
        (Notice, IsBadNews) = ("", false);
        if (key is { Kind: KeyKind.Ctrl, Text: "c" or "q" }) return [new Intent.Quit()];
        if (Overlay is { } page && HandlePage(page, key)) return See();
        switch (key.Kind)
        {
            case KeyKind.Help: return Do("/help");
            case KeyKind.Enter: return Do(Editor.Take());
            case KeyKind.Tab or KeyKind.AltDown: return Step(1);
            case KeyKind.BackTab or KeyKind.AltUp: return Step(-1);
            case KeyKind.Ctrl when key.Text == "n": return Step(1);
            case KeyKind.Ctrl when key.Text == "p": return Step(-1);
            case KeyKind.Alt when key.Text is [>= '1' and <= '9']: return Pick(key.Text[0] - '1');
            case KeyKind.PageUp: return Scroll(ChatView.MessageHeight(this) - 2);
            case KeyKind.PageDown: return Scroll(2 - ChatView.MessageHeight(this));
            case KeyKind.Escape: return Scroll(int.MinValue / 2);
            case KeyKind.Up when Editor.IsEmpty && Current is { Scroll: > 0 }: return Scroll(1);
            case KeyKind.Down when Editor.IsEmpty && Current is { Scroll: > 0 }: return Scroll(-1);
            default:
                _ = Editor.Handle(key);
                return [];
        }
    }

    // What closes a page does nothing else; other keys are typed as usual below it.
    private bool HandlePage(Overlay page, Key key)
    {
        var height = ChatView.MessageHeight(this);
        var step = key.Kind switch { KeyKind.PageUp => -height, KeyKind.PageDown => height, KeyKind.Up => -1, KeyKind.Down => 1, _ => 0 };
        if (step != 0)
        {
            Overlay = page with { Top = Math.Clamp(page.Top + step, 0, Math.Max(0, page.Lines.Count + 2 - height)) };
            return true;
        }

        Overlay = null;
        return key.Kind is KeyKind.Escape or KeyKind.Enter;
    }

    private IEnumerable<Intent> Step(int step) =>
        _rooms.Count == 0 ? [] : Pick((Math.Max(0, _rooms.FindIndex(room => room == Current)) + step + _rooms.Count) % _rooms.Count);

    private IEnumerable<Intent> Pick(int number) => number < _rooms.Count ? Look(_rooms[number].Id) : [];

    private IEnumerable<Intent> Scroll(int lines)
    {
        if (Current is not { } room) return [];
        var height = ChatView.MessageHeight(this);
        var wanted = Math.Max(0, (int)Math.Clamp((long)room.Scroll + lines, 0, int.MaxValue / 2));
        var (there, isAll) = MessageLayout.Measure(room, ChatView.MessageWidth(Width), wanted + height, Zone);
        room.Scroll = Math.Clamp(wanted, 0, Math.Max(0, there - height));
        if (room.Scroll == 0) return See();
        if (!isAll || !room.HasOlder || room.IsLoading) return [];
        room.IsLoading = true;
        return [new Intent.LoadOlder(room.Id)];
    }

    // Everything of the current room is seen when its newest message is.
    private IEnumerable<Intent> See()
    {
        if (Current is not { Scroll: 0 } room || Overlay is not null) return [];
        var wasUnread = room.Unread > 0;
        room.Unread = 0;
        return wasUnread ? [new Intent.MarkRead(room.Id)] : [];
    }

    private IEnumerable<Intent> Do(string line)
    {
        if (string.IsNullOrWhiteSpace(line)) return [];
        if (line.StartsWith('/') && !line.StartsWith("//", StringComparison.Ordinal)) return Command(line[1..]);
        if (Current is not { } room)
        {
            Say("No room yet: /create <name> makes one, /join <link> enters one.", isBad: true);
            return [];
        }

        room.FirstUnread = null;
        return [new Intent.Send(room.Id, line.StartsWith("//", StringComparison.Ordinal) ? line[1..] : line), .. Scroll(int.MinValue / 2)];
    }

    private IEnumerable<Intent> Command(string line)
    {
        var space = line.AsSpan().IndexOfAny(' ', '\n');
        var (name, argument) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
        switch (name)
        {
            case "quit" or "q" or "exit": return [new Intent.Quit()];
            case "help" or "?":
                Show("Help", Help.Lines);
                return [];
            case "reply" when argument.Length > 0 && LastOf(isOwn: false) is var (room, message): return [new Intent.Send(room, argument, message)];
            case "react" when argument.Length > 0 && LastOf(isOwn: false) is var (room, message): return [new Intent.React(room, message, argument)];
            case "edit" when argument.Length > 0 && LastOf(isOwn: true) is var (room, message): return [new Intent.Edit(room, message, argument)];
            case "delete" when LastOf(isOwn: true) is var (room, message): return [new Intent.Delete(room, message)];
            case "reply" or "react" or "edit" or "delete":
                Say(argument.Length == 0 && name != "delete" ? $"/{name} needs something after it." : "There is no message for that here.", isBad: true);
                return [];
            default: return [new Intent.Command(Current?.Id, name, argument)];
        }
    }

    private (string Room, string Message)? LastOf(bool isOwn) =>
        Current is { } room && room.Messages.LastOrDefault(message => !message.IsNote && message.IsOwn == isOwn) is { } last ? (room.Id, last.Id) : null;
}
