using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Hyperbee;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive history</c>.</summary>
internal static class DriveHistoryCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var limit = new Option<long>("--limit", "-n") { Description = "At most so many", HelpName = "n", DefaultValueFactory = _ => long.MaxValue };
        var oldest = new Option<bool>("--oldest") { Description = "Oldest first (default: newest first)" };
        var command = new Command("history", "Every write, with the version that it made") { link, limit, oldest };
        host.Handle(command, (context, cancellation) =>
        {
            var range = new BeeHistoryRange { Reverse = !context.Parsed.GetValue(oldest), Limit = context.Parsed.GetValue(limit) };
            return RunAsync(context, context.Parsed.GetRequiredValue(link), range, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, BeeHistoryRange range, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        var count = 0;
        await foreach (var change in reader.Drive.HistoryAsync(range, cancellation))
        {
            count++;
            var type = change.Entry is null ? "delete" : "put";
            var data = new JsonObject { ["version"] = change.Version, ["type"] = type, ["path"] = change.Path };
            context.Reporter.Report("write", data, $"{change.Version,8}  {(change.Entry is null ? '-' : '+')} {change.Path}");
        }

        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["version"] = reader.Drive.Version, ["writes"] = count });
    }
}
