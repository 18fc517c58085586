using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat remove</c>.</summary>
internal static class RemoveCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var member = new Argument<string>("member") { Description = "The member: their name, or how their key begins" };
        var command = new Command("remove", "Remove a member: the room's key changes, and they can read nothing that is written from then on") { room, member };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            var found = Speaker.Find(opened, context.Parsed.GetRequiredValue(member));
            var name = Speaker.NameOf(opened, found.Identity);
            await opened.RemoveAsync(found.Identity, cancellation);
            var isOut = await opened.FlushAsync(Patience, cancellation);
            context.Reporter.Final(
                new JsonObject { ["identity"] = found.Identity.ToString(), ["room"] = opened.Id.ToString(), ["flushed"] = isOut },
                $"{name} is removed. What they have already, they keep.");
            if (!isOut) context.Reporter.Hint("No other member knows it yet. It goes out while this profile is online with one: nashi chat, or nashi chat serve.");
        });
        return command;
    }
}
