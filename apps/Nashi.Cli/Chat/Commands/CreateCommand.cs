using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat create</c>.</summary>
internal static class CreateCommand
{
    public static Command Build(CommandHost host)
    {
        var name = new Argument<string>("room") { Description = "The room's name" };
        var command = new Command("create", "Make a room; you are its owner") { name };
        ChatRunner.Handle(host, command, isOnline: false, async (context, session, cancellation) =>
        {
            var room = await session.CreateRoomAsync(TerminalText.Line(context.Parsed.GetRequiredValue(name)).Trim(), cancellation);
            context.Reporter.Final(new JsonObject { ["room"] = room.Id.ToString(), ["name"] = room.Name }, $"{room.Name} is made.");
            context.Reporter.Hint($"Next: nashi chat invite \"{room.Name}\"");
        });
        return command;
    }
}
