using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Hyperdrive;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive diff</c>.</summary>
internal static class DriveDiffCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var from = new Argument<ulong>("from") { Description = "The older version" };
        var folder = new Option<string?>("--path") { Description = "Only below a folder", HelpName = "path" };
        var command = new Command("diff", "What changed since a version, up to the link's or the newest") { link, from, folder };
        host.Handle(command, (context, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(link);
            var root = context.Parsed.GetValue(folder) ?? wanted.Path ?? "/";
            return RunAsync(context, wanted, context.Parsed.GetRequiredValue(from), DriveReader.Absolute(root), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, ulong from, string root, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        if (from > reader.Newest.Version) throw new CliException("ERR_VERSION", $"The drive is at version {reader.Newest.Version}; there is no version {from}.");
        var count = 0;
        await foreach (var difference in reader.Drive.DiffAsync(from, root, cancellation))
        {
            count++;
            Report(context, difference);
        }

        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["from"] = from, ["to"] = reader.Drive.Version, ["changes"] = count });
    }

    /// <summary>One path: <c>+</c> added, <c>~</c> changed, <c>-</c> removed.</summary>
    public static void Report(CliContext context, DriveDifference difference)
    {
        var (mark, type) = (difference.Left, difference.Right) switch
        {
            (not null, null) => ('+', "add"),
            (null, not null) => ('-', "remove"),
            _ => ('~', "change"),
        };
        context.Reporter.Report("change", new JsonObject { ["type"] = type, ["path"] = difference.Path }, $"{mark} {difference.Path}");
    }
}
