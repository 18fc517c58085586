using System.Globalization;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Screen;

/// <summary>Messages as lines of pieces.</summary>
internal static class MessageLayout
{
    private const int TimeWidth = 6;
    private const string Indent = "        ";

    /// <summary>One line: pieces of text, each with its look.</summary>
    internal sealed record Line(params (string Text, CellStyle Style)[] Pieces);

    /// <summary>The lines of one message.</summary>
    public static IReadOnlyList<Line> Of(MessageLine message, int width)
    {
        if (message.IsNote) return [.. CellWidth.Wrap(message.Text, width - TimeWidth).Select((text, i) => new Line((Clock(message, i), CellStyle.Dim), (text, CellStyle.Dim)))];
        var lines = new List<Line>();
        if (message.Quote is { } quote) lines.Add(new Line((Indent[..TimeWidth], CellStyle.Plain), (CellWidth.Fit("┌ " + quote, width - TimeWidth), CellStyle.Dim)));
        AddText(lines, message, width);
        foreach (var file in message.Files) lines.Add(new Line((Indent, CellStyle.Plain), (CellWidth.Fit(file, width - Indent.Length), CellStyle.Bold)));
        if (message.Reactions.Length > 0) lines.Add(new Line((Indent, CellStyle.Plain), (CellWidth.Fit(message.Reactions, width - Indent.Length), CellStyle.Plain)));
        return lines;
    }

    /// <summary>A room's lines from the newest up, until there are as many as wanted.</summary>
    public static List<Line> Tail(RoomPane room, int width, int wanted, TimeZoneInfo zone)
    {
        var blocks = new List<IReadOnlyList<Line>>();
        var count = 0;
        for (var i = room.Messages.Count - 1; i >= 0 && count < wanted; i--)
        {
            var block = WithMarks(room, i, width, zone);
            blocks.Add(block);
            count += block.Count;
        }

        blocks.Reverse();
        return [.. blocks.SelectMany(block => block)];
    }

    /// <summary>How many lines a room has, counted up to a number, and whether those are all.</summary>
    public static (int Lines, bool IsAll) Measure(RoomPane room, int width, int upTo, TimeZoneInfo zone)
    {
        var lines = Tail(room, width, upTo, zone).Count;
        return (lines, lines < upTo || room.Messages.Count == 0);
    }

    /// <summary>How many lines one of a room's messages takes.</summary>
    public static int CountOf(RoomPane room, string id, int width, TimeZoneInfo zone)
    {
        for (var i = room.Messages.Count - 1; i >= 0; i--)
        {
            if (room.Messages[i].Id == id) return WithMarks(room, i, width, zone).Count;
        }

        return 0;
    }

    private static List<Line> WithMarks(RoomPane room, int at, int width, TimeZoneInfo zone)
    {
        var message = room.Messages[at];
        message = message with { Time = TimeZoneInfo.ConvertTime(message.Time, zone) };
        var lines = new List<Line>();
        var before = at > 0 ? TimeZoneInfo.ConvertTime(room.Messages[at - 1].Time, zone) : default(DateTimeOffset?);
        if (before?.Date != message.Time.Date) lines.Add(Rule(message.Time.ToString("dddd, d MMMM yyyy", CultureInfo.InvariantCulture), width, CellStyle.Dim));
        if (room.FirstUnread == message.Id) lines.Add(Rule("new", width, CellStyle.Bold));
        lines.AddRange(Of(message, width));
        return lines;
    }

    private static Line Rule(string text, int width, CellStyle style)
    {
        var left = Math.Max(2, (width - text.Length - 2) / 2);
        return new Line((CellWidth.Fit($"{new string('─', left)} {text} {new string('─', Math.Max(2, width - left - text.Length - 2))}", width), style));
    }

    private static void AddText(List<Line> lines, MessageLine message, int width)
    {
        var author = CellWidth.Fit(message.Author, Math.Max(6, width / 3));
        var head = CellWidth.Of(author) + 2;
        // The mark is kept free at the end of the last line.
        var free = message.Mark.Length + message.Remark.Length > 0 ? CellWidth.Of(message.Mark) + CellWidth.Of(message.Remark) + 3 : 0;
        var text = message.Text.Length == 0 && message.Files.Count > 0 ? "sends" : message.Text;
        // The author stands before the first line; those after it are only indented.
        var wrapped = CellWidth.Wrap(new string('\u00a0', head) + text, Math.Max(10, width - TimeWidth)).ToList();
        for (var i = 0; i < wrapped.Count; i++)
        {
            var rest = i == 0 ? wrapped[0][Math.Min(head, wrapped[0].Length)..] : wrapped[i];
            var isLast = i == wrapped.Count - 1;
            var fits = isLast && CellWidth.Of(wrapped[i]) + free <= width - TimeWidth;
            lines.Add(new Line(
                (Clock(message, i), CellStyle.Dim),
                (i == 0 ? author + ": " : "", new CellStyle(message.Color, IsBold: true)),
                (rest, CellStyle.Plain),
                (fits ? Tail(message) : "", CellStyle.Dim)));
            if (isLast && !fits && free > 0) lines.Add(new Line((Indent[..TimeWidth], CellStyle.Plain), (Tail(message).TrimStart(), CellStyle.Dim)));
        }
    }

    private static string Tail(MessageLine message)
    {
        var tail = message.Remark.Length > 0 ? $" ({message.Remark})" : "";
        return message.Mark.Length > 0 ? $"{tail} {message.Mark}" : tail;
    }

    private static string Clock(MessageLine message, int line) =>
        line == 0 ? message.Time.ToString("HH:mm ", CultureInfo.InvariantCulture) : Indent[..TimeWidth];
}
