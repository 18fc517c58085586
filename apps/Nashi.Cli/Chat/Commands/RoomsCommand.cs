using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat rooms</c>.</summary>
internal static class RoomsCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("rooms", "The rooms on this device");
        ChatRunner.Handle(host, command, isOnline: false, (context, session, _) =>
        {
            var rooms = session.Host.Rooms;
            foreach (var room in rooms) context.Reporter.Report("room", ToJson(room), ToText(room));
            context.Reporter.Final(new JsonObject { ["rooms"] = rooms.Count }, rooms.Count == 0 ? "No rooms yet: nashi chat create <room>, or nashi chat join <link>." : null);
            return Task.CompletedTask;
        });
        return command;
    }

    private static JsonObject ToJson(RoomSummary room) => new()
    {
        ["room"] = room.Id?.ToString(),
        ["name"] = room.Name,
        ["unread"] = room.Unread,
        ["lastActivity"] = room.LastActivity?.ToString("O", CultureInfo.InvariantCulture),
        ["removed"] = room.IsRemoved,
        ["pending"] = room.IsPending,
    };

    private static string ToText(RoomSummary room)
    {
        var state = room.IsPending ? "waiting to be let in" : room.IsRemoved ? "you were removed" : room.Unread > 0 ? $"{room.Unread} unread" : "";
        var last = room.LastActivity?.ToLocalTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) ?? "";
        return string.Create(CultureInfo.InvariantCulture, $"{room.Id?.ToString()[..8] ?? "--------"}  {CellWidth.Pad(TerminalText.Name(room.Name), 24)}  {last,-16}  {state}").TrimEnd();
    }
}
