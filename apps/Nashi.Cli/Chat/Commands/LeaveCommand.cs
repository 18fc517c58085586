using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat leave</c>.</summary>
internal static class LeaveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var command = new Command("leave", "Leave a room; what is here stays readable") { room };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            await opened.LeaveAsync(cancellation);
            _ = await opened.FlushAsync(Patience, cancellation);
            context.Reporter.Final(new JsonObject { ["room"] = opened.Id.ToString() }, $"You left {opened.Name}.");
        });
        return command;
    }
}
