using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Chat.Commands;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>What happens in a room beside messages, for programs and for people.</summary>
internal static class RoomNews
{
    /// <summary>A tag, facts and a sentence; the sentence is null for what only programs want to know, all is null for nothing to tell.</summary>
    public static (string Tag, JsonObject Data, string? Text)? Of(Room room, RoomEvent news) => news switch
    {
        DeletedEvent deleted => ("deleted", new JsonObject { ["id"] = deleted.Id.ToString(), ["by"] = deleted.By.ToString() }, $"-- {Speaker.NameOf(room, deleted.By)} deleted a message"),
        ReactionEvent reaction => ("reaction", ReactionJson(reaction), $"-- {Speaker.NameOf(room, reaction.By)} {(reaction.IsOn ? "reacts" : "takes back")} {TerminalText.Name(reaction.Emoji, 8)}"),
        MemberJoinedEvent joined => ("joined", MembersCommand.ToJson(joined.Member), $"-- {Speaker.NameOf(room, joined.Member.Identity, joined.Member.Name)} is here"),
        MemberLeftEvent left => ("left", LeftJson(left), $"-- {Speaker.NameOf(room, left.Member.Identity, left.Member.Name)} {(left.By == left.Member.Identity ? "left" : "was removed by " + Speaker.NameOf(room, left.By))}"),
        RoomChangedEvent changed => ("changed", new JsonObject { ["name"] = room.Name, ["by"] = changed.By.ToString() }, null),
        KeyChangedEvent => ("key-changed", [], "-- the room's key changed"),
        RefusedEvent refused => ("refused", RefusedJson(refused), $"-- refused what {(refused.By is { } by ? Speaker.NameOf(room, by) : "somebody")} wrote: {refused.Reason}"),
        StatusEvent status => ("status", new JsonObject { ["status"] = status.Status.ToString().ToLowerInvariant() }, TextOf(status.Status) is { Length: > 0 } text ? $"-- {text}" : null),
        PeersEvent peers => ("peers", new JsonObject { ["count"] = peers.Count }, null),
        _ => null,
    };

    /// <summary>How a room is doing, in words; nothing when it is well.</summary>
    public static string TextOf(RoomStatus status) => status switch
    {
        RoomStatus.Syncing => "fetching",
        RoomStatus.WaitingForKey => "waiting for a member who has the key",
        RoomStatus.Removed => "you were removed",
        RoomStatus.UpdateNeeded => "needs a newer nashi",
        RoomStatus.Failed => "broken, see the log",
        _ => "",
    };

    private static JsonObject ReactionJson(ReactionEvent reaction) =>
        new() { ["id"] = reaction.Id.ToString(), ["by"] = reaction.By.ToString(), ["emoji"] = reaction.Emoji, ["on"] = reaction.IsOn };

    private static JsonObject LeftJson(MemberLeftEvent left)
    {
        var json = MembersCommand.ToJson(left.Member);
        json["by"] = left.By.ToString();
        return json;
    }

    private static JsonObject RefusedJson(RefusedEvent refused) =>
        new() { ["id"] = refused.Op.ToString(), ["by"] = refused.By?.ToString(), ["reason"] = refused.Reason.ToString() };
}
