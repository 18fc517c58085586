using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Chat;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat.Commands;

/// <summary><c>nashi chat members</c>.</summary>
internal static class MembersCommand
{
    public static Command Build(CommandHost host)
    {
        var room = ChatLine.Room();
        var command = new Command("members", "Who is in a room") { room };
        ChatRunner.Handle(host, command, isOnline: false, room, (context, opened, _) =>
        {
            var members = Sorted(opened);
            foreach (var member in members) context.Reporter.Report("member", ToJson(member, opened), ToText(opened, member));
            context.Reporter.Final(new JsonObject { ["members"] = members.Count });
            return Task.CompletedTask;
        });
        return command;
    }

    /// <summary>Those who came first, first.</summary>
    public static List<Member> Sorted(Room room) => [.. room.State.Members.Values.OrderBy(member => member.Since)];

    /// <summary>For programs.</summary>
    public static JsonObject ToJson(Member member, Room? room = null) => new()
    {
        ["identity"] = member.Identity.ToString(),
        ["name"] = member.Name,
        ["role"] = Speaker.RoleOf(member),
        ["since"] = member.Since.ToString("O", CultureInfo.InvariantCulture),
        ["muted"] = member.IsMuted,
        ["devices"] = member.Writers.Length,
        ["own"] = room?.Self is { } self && self.Identity == member.Identity,
    };

    /// <summary>For people.</summary>
    public static string ToText(Room room, Member member)
    {
        var own = room.Self?.Identity == member.Identity ? " (you)" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{member.Identity.ToString()[..8]}  {CellWidth.Pad(Speaker.NameOf(room, member.Identity) + own, 24)}  {Speaker.RoleOf(member),-7}  since {member.Since.ToLocalTime():yyyy-MM-dd}{(member.IsMuted ? "  muted" : "")}");
    }
}
