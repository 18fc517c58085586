using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Commands;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat serve</c>.</summary>
internal static class ServeCommand
{
    public static Command Build(CommandHost host)
    {
        var command = new Command("serve", "Stay online with all rooms until Ctrl-C, and say what happens; other commands of the same profile work meanwhile");
        ChatRunner.Handle(host, command, isOnline: true, RunAsync, staysOpen: static _ => true);
        return command;
    }

    private static async Task RunAsync(CliContext context, ChatSession session, CancellationToken cancellation)
    {
        var following = new Dictionary<string, Task>(StringComparer.Ordinal);
        session.RoomOpened += Follow;
        foreach (var summary in session.Host.Rooms.Where(room => room.Id is not null)) _ = await session.OpenRoomAsync(summary.Id.ToString()!, cancellation);
        context.Reporter.Report("serving", new JsonObject { ["rooms"] = following.Count }, $"Online with {following.Count} room{(following.Count == 1 ? "" : "s")}. Ctrl-C stops.");
        await Until.CancelledAsync(cancellation);
        Task[] all;
        lock (following) all = [.. following.Values];
        await Task.WhenAll(all);
        context.Reporter.Final(text: "Stopped.");

        void Follow(Room room)
        {
            lock (following)
            {
                if (!following.ContainsKey(room.Id.ToString())) following[room.Id.ToString()] = FollowAsync(context, room, cancellation);
            }
        }
    }

    private static async Task FollowAsync(CliContext context, Room room, CancellationToken cancellation)
    {
        var prefix = TerminalText.Name(room.Name);
        var named = new CliContext(context.Parsed, new PrefixReporter(context.Reporter, room.Id.ToString(), prefix + " | "), context.Logs);
        await new RoomFollower(named, room) { MarksRead = false }.FollowAsync(0, cancellation);
    }
}
