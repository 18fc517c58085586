using System.Globalization;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Screen;

/// <summary>Draws the model: rooms on the left, messages on the right, below them what is typed and one line of news. Pure.</summary>
internal static class ChatView
{
    private const int NarrowWidth = 60;
    private const int MaxEditorLines = 6;
    private const string Usual = "F1 help · Tab room · PgUp back · Ctrl-C leave";

    /// <summary>The width of the messages.</summary>
    public static int MessageWidth(int width) => width - LeftWidth(width);

    /// <summary>The height of the messages.</summary>
    public static int MessageHeight(ChatModel model) => Math.Max(1, model.Height - 3 - EditorLines(model).Count);

    /// <summary>The whole screen.</summary>
    public static Frame Render(ChatModel model)
    {
        var frame = new Frame(model.Width, model.Height);
        var left = LeftWidth(model.Width);
        if (left > 0) DrawRooms(frame, model, left - 1);
        DrawTitle(frame, model, left);
        DrawMessages(frame, model, left);
        DrawEditor(frame, model, left);
        DrawNews(frame, model);
        return frame;
    }

    private static int LeftWidth(int width) => width < NarrowWidth ? 0 : Math.Clamp(width / 4, 16, 30);

    private static void DrawRooms(Frame frame, ChatModel model, int width)
    {
        _ = frame.Put(0, 0, CellWidth.Pad(" " + CellWidth.Fit(model.Self, width - 2), width), CellStyle.Inverse, width);
        var room = model.Rooms.TakeWhile(room => room != model.Current).Count();
        var shown = frame.Height - 2;
        var first = Math.Max(0, Math.Min(room - (shown / 2), model.Rooms.Count - shown));
        for (var i = first; i < model.Rooms.Count && i - first < shown; i++) DrawRoom(frame, model, model.Rooms[i], 1 + i - first, width);
        for (var y = 0; y < frame.Height - 1; y++) _ = frame.Put(width, y, "│", CellStyle.Dim);
    }

    private static void DrawRoom(Frame frame, ChatModel model, RoomPane room, int y, int width)
    {
        var isCurrent = room == model.Current;
        var style = isCurrent ? CellStyle.Inverse : room.Unread > 0 ? CellStyle.Bold : CellStyle.Plain;
        var count = room.Unread > 0 ? " " + (room.Unread > 999 ? "999+" : room.Unread.ToString(CultureInfo.InvariantCulture)) + " " : "";
        var name = CellWidth.Fit(room.Name, width - 2 - count.Length);
        _ = frame.Put(0, y, CellWidth.Pad((isCurrent ? "▸" : " ") + name, width - count.Length) + count, style, width);
    }

    private static void DrawTitle(Frame frame, ChatModel model, int left)
    {
        var room = model.Current;
        var unread = left == 0 ? model.Rooms.Where(other => other != room).Sum(other => other.Unread) : 0;
        var right = room is null ? "" : $"{(unread > 0 ? $"{unread} unread · " : "")}{(room.Status.Length > 0 ? room.Status + " · " : "")}{room.Peers} online ";
        var width = frame.Width - left;
        right = CellWidth.Fit(right, Math.Max(0, width - 12));
        var name = CellWidth.Fit(" " + (room?.Name ?? "no room yet"), width - CellWidth.Of(right) - 1);
        _ = frame.Put(left, 0, CellWidth.Pad(name, width - CellWidth.Of(right)) + right, CellStyle.Inverse);
    }

    private static void DrawMessages(Frame frame, ChatModel model, int left)
    {
        var height = MessageHeight(model);
        if (model.Overlay is { } page)
        {
            DrawPage(frame, page, left, height);
            return;
        }

        if (model.Current is not { } room)
        {
            _ = frame.Put(left + 1, 2, "/create <name> makes a room.");
            _ = frame.Put(left + 1, 3, "/join <link> enters one that you were invited to.");
            return;
        }

        var lines = MessageLayout.Tail(room, frame.Width - left, height + room.Scroll, model.Zone);
        var end = Math.Max(Math.Min(height, lines.Count), lines.Count - room.Scroll);
        var first = Math.Max(0, end - height);
        // Few messages stand at the lower edge, where what is typed is.
        var y = 1 + height - (end - first);
        foreach (var line in lines[first..end]) DrawLine(frame, left, y++, line);
    }

    private static void DrawLine(Frame frame, int x, int y, MessageLayout.Line line)
    {
        foreach (var (text, style) in line.Pieces) x = frame.Put(x, y, text, style);
    }

    private static void DrawPage(Frame frame, Overlay page, int left, int height)
    {
        _ = frame.Put(left + 1, 1, page.Title, CellStyle.Bold);
        for (var i = 0; i < height - 2 && page.Top + i < page.Lines.Count; i++) _ = frame.Put(left + 1, 3 + i, page.Lines[page.Top + i]);
    }

    private static void DrawEditor(Frame frame, ChatModel model, int left)
    {
        var lines = EditorLines(model);
        var top = frame.Height - 1 - lines.Count;
        frame.Fill(left, top - 1, frame.Width, "─", CellStyle.Dim);
        if (model.Current is { Scroll: > 0 } room) _ = frame.Put(left + 2, top - 1, room.Unread > 0 ? $" {room.Unread} new below · Esc " : " older messages · Esc to the newest ", CellStyle.Bold);
        for (var i = 0; i < lines.Count; i++) _ = frame.Put(left, top + i, lines[i].Text);
        var (x, y) = CursorIn(model, lines);
        frame.Cursor = (Math.Min(frame.Width - 1, left + x), top + y);
    }

    private static void DrawNews(Frame frame, ChatModel model)
    {
        var y = frame.Height - 1;
        var text = model.Notice.Length > 0 ? (model.IsBadNews ? "! " : "") + model.Notice
            : model.Progress.Count > 0 ? string.Join(" · ", model.Progress.Values)
            : Usual;
        _ = frame.Put(0, y, CellWidth.Fit(text, frame.Width), model.IsBadNews ? CellStyle.Bold : CellStyle.Dim);
    }

    // The text as it is wrapped, each line with where it starts in the text; only those around the cursor when it is long.
    private static List<(string Text, int Start)> EditorLines(ChatModel model)
    {
        var width = MessageWidth(model.Width) - 1;
        var lines = new List<(string Text, int Start)>();
        var (start, used) = (0, 2);
        var text = model.Editor.Text;
        for (var at = 0; at < text.Length;)
        {
            var length = CellWidth.NextCluster(text.AsSpan(at));
            var cells = CellWidth.OfCluster(text.AsSpan(at, length));
            var isBreak = text[at] == '\n';
            if (isBreak || used + cells > width)
            {
                lines.Add((Prompt(lines.Count) + text[start..at], start));
                (start, used) = (isBreak ? at + length : at, isBreak ? 2 : 2 + cells);
            }
            else used += cells;

            at += length;
        }

        lines.Add((Prompt(lines.Count) + text[start..], start));
        var cursor = Math.Max(0, lines.FindLastIndex(line => line.Start <= model.Editor.Cursor));
        var shown = Math.Min(MaxEditorLines, Math.Max(1, model.Height / 3));
        var first = Math.Clamp(cursor - shown + 1, 0, Math.Max(0, lines.Count - shown));
        return lines.GetRange(first, Math.Min(shown, lines.Count - first));
    }

    private static (int X, int Y) CursorIn(ChatModel model, List<(string Text, int Start)> lines)
    {
        var y = Math.Max(0, lines.FindLastIndex(line => line.Start <= model.Editor.Cursor));
        var before = model.Editor.Text.AsSpan(lines[y].Start, Math.Max(0, model.Editor.Cursor - lines[y].Start));
        return (2 + CellWidth.Of(before), y);
    }

    private static string Prompt(int line) => line == 0 ? "> " : "  ";
}
