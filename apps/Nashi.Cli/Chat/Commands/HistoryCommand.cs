using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat history</c>.</summary>
internal static class HistoryCommand
{
    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var count = ChatLine.Count(50);
        var before = new Option<ulong?>("--before") { Description = "Only messages before this position, as --json tells it", HelpName = "position" };
        var command = new Command("history", "Messages of a room that are on this device, without the network") { room, count, before };
        ChatRunner.Handle(host, command, isOnline: false, room, async (context, opened, cancellation) =>
        {
            await new RoomFollower(context, opened).TellAsync(context.Parsed.GetValue(count), cancellation, context.Parsed.GetValue(before));
            context.Reporter.Final(new JsonObject { ["room"] = opened.Id.ToString() });
        });
        return command;
    }
}
