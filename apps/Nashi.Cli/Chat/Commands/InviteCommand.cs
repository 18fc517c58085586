using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Chat;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat invite</c>.</summary>
internal static class InviteCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var role = new Option<string>("--role") { Description = "What those become who use it: reader, bot, member (default) or admin", HelpName = "role", DefaultValueFactory = _ => "member" };
        var expires = new Option<string>("--expires") { Description = "How long it is good: 30m, 12h, 7d (default), or never", HelpName = "time", DefaultValueFactory = _ => "7d" };
        var uses = new Option<string>("--max-uses") { Description = "How many may use it: a number (default 1), or any", HelpName = "n", DefaultValueFactory = _ => "1" };
        var wait = new Option<bool>("--wait") { Description = "Stay until somebody used it" };
        var command = new Command("invite", "Make an invitation into a room: a link, and its QR code") { room, role, expires, uses, wait };
        ChatRunner.Handle(host, command, isOnline: true, room, async (context, opened, cancellation) =>
        {
            var lifetime = context.Parsed.GetRequiredValue(expires);
            var options = new InviteOptions
            {
                Role = ChatLine.ParseRole(context.Parsed.GetRequiredValue(role)),
                Lifetime = lifetime == "never" ? null : ChatLine.ParseTime(lifetime),
                MaxUses = ChatLine.ParseUses(context.Parsed.GetRequiredValue(uses)),
            };
            await RunAsync(context, opened, options, context.Parsed.GetValue(wait), cancellation);
        }, parsed => parsed.GetValue(wait));
        return command;
    }

    private static async Task RunAsync(CliContext context, Room room, InviteOptions options, bool waits, CancellationToken cancellation)
    {
        await using var events = new RoomEvents(room, cancellation);
        var link = await room.InviteAsync(options, cancellation);
        var text = link.ToText();
        var facts = new JsonObject { ["link"] = text, ["room"] = room.Id.ToString(), ["expires"] = link.Expires?.ToString("O", CultureInfo.InvariantCulture), ["maxUses"] = options.MaxUses, ["role"] = options.Role.ToString().ToLowerInvariant() };
        context.Reporter.Report("link", (JsonObject)facts.DeepClone(), $"\n{QrPicture.Draw(text)}\n{text}\n");
        context.Reporter.Hint("Whoever reads it can use it: hand it over like a password. They enter while you, or another member, is online.");
        if (waits) await JoinedAsync(context, room, events, cancellation);
        // Other members can admit as well, once they have it.
        else _ = await room.FlushAsync(Patience, cancellation);
        context.Reporter.Final(facts);
    }

    private static async Task JoinedAsync(CliContext context, Room room, RoomEvents events, CancellationToken cancellation)
    {
        while (await events.NextAsync(cancellation) is { } news)
        {
            if (news is not MemberJoinedEvent joined) continue;
            context.Reporter.Report("joined", MembersCommand.ToJson(joined.Member), $"{Speaker.NameOf(room, joined.Member.Identity)} is here.");
            _ = await room.FlushAsync(Patience, cancellation);
            return;
        }

        cancellation.ThrowIfCancellationRequested();
    }
}
