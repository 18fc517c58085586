using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Messages as lines and as JSON.</summary>
internal static class MessageReport
{
    private const string Indent = "      ";

    /// <summary>Reports one message.</summary>
    public static void Report(CliContext context, Room room, ChatMessage message, string tag = "message") =>
        context.Reporter.Report(tag, ToJson(room, message), ToText(room, message));

    /// <summary>For programs.</summary>
    public static JsonObject ToJson(Room room, ChatMessage message)
    {
        var json = new JsonObject
        {
            ["room"] = room.Id.ToString(),
            ["roomName"] = room.Name,
            ["id"] = message.Id.ToString(),
            ["position"] = message.Position,
            ["author"] = message.Author.ToString(),
            ["name"] = message.AuthorName,
            ["time"] = message.Time.ToString("O", CultureInfo.InvariantCulture),
            ["text"] = message.Text,
        };
        if (message.ReplyTo is { } target) json["replyTo"] = target.ToString();
        if (message.Attachments.Count > 0) json["files"] = new JsonArray([.. message.Attachments.Select(FileJson)]);
        if (message.Reactions.Count > 0) json["reactions"] = new JsonArray([.. message.Reactions.Select(ReactionJson)]);
        if (message.IsEdited) json["edited"] = true;
        if (message.IsDeleted) json["deleted"] = true;
        if (message.IsMissing) json["missing"] = true;
        if (message.IsBeforeRekey) json["beforeRekey"] = true;
        if (message.IsTimeDoubtful) json["timeDoubtful"] = true;
        if (!message.IsOwn) return json;
        json["own"] = true;
        json["delivery"] = ToJson(room.DeliveryOf(message.Id));
        return json;
    }

    /// <summary>The delivery ladder for programs.</summary>
    public static JsonObject ToJson(Delivery delivery) =>
        new() { ["saved"] = delivery.IsSaved, ["blindPeers"] = delivery.BlindPeers, ["members"] = delivery.Members, ["others"] = delivery.Others };

    /// <summary>For people: later lines are indented, so that no text can look like another's message.</summary>
    public static string ToText(Room room, ChatMessage message)
    {
        var head = string.Create(CultureInfo.InvariantCulture, $"{message.Time.ToLocalTime():HH:mm} {Speaker.NameOf(room, message.Author, message.AuthorName)}: ");
        var text = TextOf(message).Replace("\n", "\n" + Indent, StringComparison.Ordinal);
        var lines = new List<string> { $"{head}{text}{Remark(message)}{(message.IsOwn ? $"  [{room.DeliveryOf(message.Id)}]" : "")}" };
        lines.AddRange(message.Attachments.Select(file => $"{Indent}file {FileOf(file)}"));
        if (message.Reactions.Count > 0) lines.Add(Indent + ReactionsOf(message));
        return string.Join('\n', lines);
    }

    /// <summary>The text, safe to show, or what is in its place.</summary>
    public static string TextOf(ChatMessage message) =>
        message.IsDeleted ? "(deleted)"
        : message.IsMissing ? "(not here yet)"
        : TerminalText.Block(message.Text);

    /// <summary>A file's name and size, safe to show.</summary>
    public static string FileOf(Attachment file) => $"{TerminalText.Name(file.Name, 60)} ({Sizes.Format(file.Size)})";

    /// <summary>Reactions on one line, safe to show.</summary>
    public static string ReactionsOf(ChatMessage message) =>
        string.Join("  ", message.Reactions.Select(reaction => $"{TerminalText.Name(reaction.Emoji, 8)} {reaction.By.Count}"));

    /// <summary>What else is to be said of a message, in brackets with a space before; or nothing.</summary>
    public static string Remark(ChatMessage message)
    {
        var remarks = Remarks(message);
        return remarks.Length > 0 ? $" ({remarks})" : "";
    }

    /// <summary>The same without brackets.</summary>
    public static string Remarks(ChatMessage message)
    {
        var remarks = new List<string>();
        if (message.IsEdited) remarks.Add("edited");
        if (message.IsBeforeRekey) remarks.Add("sent before the key changed");
        if (message.IsTimeDoubtful) remarks.Add("its clock is off");
        return string.Join(", ", remarks);
    }

    /// <summary>The sign of how far a message is: . saved, o on blind peers, + with some members, * with all.</summary>
    public static string MarkOf(Delivery delivery) =>
        !delivery.IsSaved ? "!"
        : delivery.Members > 0 && delivery.Members >= delivery.Others ? "*"
        : delivery.Members > 0 ? "+"
        : delivery.BlindPeers > 0 ? "o"
        : ".";

    private static JsonObject FileJson(Attachment file) => new() { ["name"] = file.Name, ["type"] = file.Type, ["size"] = file.Size };

    private static JsonObject ReactionJson(Reaction reaction) => new() { ["emoji"] = reaction.Emoji, ["count"] = reaction.By.Count };
}
