using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat tail</c>.</summary>
internal static class TailCommand
{
    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var count = ChatLine.Count(10);
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on with what comes, until Ctrl-C" };
        var wait = new Option<string>("--wait") { Description = "How long to look for newer messages first, without -f (default 10s; 0s not at all)", HelpName = "time", DefaultValueFactory = _ => "10s" };
        var command = new Command("tail", "The last messages of a room, fetched from the others first") { room, count, follow, wait };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            var follower = new RoomFollower(context, opened);
            if (context.Parsed.GetValue(follow))
            {
                await follower.FollowAsync(context.Parsed.GetValue(count), cancellation);
            }
            else
            {
                var patience = context.Parsed.GetRequiredValue(wait) is "0" or "0s" ? TimeSpan.Zero : ChatLine.ParseTime(context.Parsed.GetRequiredValue(wait));
                await CatchUp.RunAsync(opened, patience, cancellation);
                await follower.TellAsync(context.Parsed.GetValue(count), cancellation);
            }

            context.Reporter.Final(new JsonObject { ["room"] = opened.Id.ToString(), ["peers"] = opened.PeerCount });
        }, parsed => parsed.GetValue(follow));
        return command;
    }
}
