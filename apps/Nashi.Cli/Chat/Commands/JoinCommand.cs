using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Chat;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat join</c>.</summary>
internal static class JoinCommand
{
    public static Command Build(CommandHost host)
    {
        var link = new Argument<string>("link") { Description = "The invitation, or - to read it from standard input: what stands on a command line, others on this machine can read" };
        var command = new Command("join", "Enter a room by an invitation; Ctrl-C and the same again goes on") { link };
        ChatRunner.Handle(host, command, isOnline: true, (context, session, cancellation) => RunAsync(context, session, context.Parsed.GetRequiredValue(link), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, ChatSession session, string text, CancellationToken cancellation)
    {
        if (text == "-") text = await StandardInput.ReadAsync(4096, cancellation);
        // QR codes are smaller in capitals.
        if (!InviteLink.TryParse(text.ToLowerInvariant(), out var link)) throw CliException.Usage($"That is not an invitation: one begins with {InviteLink.Prefix}");
        var progress = new Steps(context);
        var room = await session.JoinAsync(link, progress, cancellation);
        context.Reporter.Final(
            new JsonObject { ["room"] = room.Id.ToString(), ["name"] = room.Name, ["members"] = room.State.Members.Count },
            $"You are in {room.Name}, with {string.Join(", ", room.State.Members.Keys.Where(key => key != room.Self?.Identity).Select(key => Speaker.NameOf(room, key)))}.");
    }

    private sealed class Steps(CliContext context) : IProgress<JoinStep>
    {
        public void Report(JoinStep value)
        {
            var text = value switch
            {
                JoinStep.Searching => "Looking for a member...",
                JoinStep.Admitted => "Let in. Fetching the room...",
                _ => null,
            };
            if (text is not null) context.Reporter.Report("step", new JsonObject { ["step"] = value.ToString().ToLowerInvariant() }, text);
        }
    }
}
