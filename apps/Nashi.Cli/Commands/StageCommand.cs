using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi stage</c>.</summary>
internal static class StageCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<DirectoryInfo>("dir") { Description = "The folder to publish", DefaultValueFactory = _ => new DirectoryInfo(".") };
        var dryRun = new Option<bool>("--dry-run", "-d") { Description = "Only show what would change" };
        var ignore = ListOption.Make("--ignore", "Paths or globs to leave out; ! takes back in");
        var only = ListOption.Make("--only", "Path prefixes to take");
        var purge = new Option<bool>("--purge") { Description = "Remove from the drive what is ignored now" };
        var command = new Command("stage", "Put a folder into a drive, as its next version") { link, folder, dryRun, ignore, only, purge };
        host.Handle(command, (context, cancellation) =>
        {
            var options = new StageOptions
            {
                IsDryRun = context.Parsed.GetValue(dryRun),
                Ignore = ListOption.Split(context.Parsed.GetValue(ignore)),
                Only = ListOption.Split(context.Parsed.GetValue(only)),
                Purge = context.Parsed.GetValue(purge),
            };
            return RunAsync(context, context.Parsed.GetRequiredValue(link), context.Parsed.GetRequiredValue(folder), options, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, DirectoryInfo folder, StageOptions options, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        var verlink = await RunAsync(context, session, link, folder, options, cancellation).ConfigureAwait(false);
        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["verlink"] = verlink.ToString(), ["dryRun"] = options.IsDryRun });
        context.Reporter.Hint(options.IsDryRun ? "Nothing was written (--dry-run)." : $"Next: nashi seed {link.Origin}");
    }

    /// <summary>Stages a folder and reports each step; gives the link of the new version.</summary>
    public static async Task<PearLink> RunAsync(
        CliContext context, DeploySession session, PearLink link, DirectoryInfo folder, StageOptions options, CancellationToken cancellation)
    {
        if (!folder.Exists) throw new CliException("ERR_NOT_FOUND", $"There is no folder {folder.FullName}.");
        await using var stage = await Stage.OpenAsync(session, link, folder.FullName, options, cancellation).ConfigureAwait(false);
        context.Reporter.Report("staging", new JsonObject { ["link"] = link.Origin, ["dir"] = folder.FullName, ["dryRun"] = options.IsDryRun }, $"Staging {folder.FullName} into {link.Origin}");
        var counts = new FileCounts();
        await foreach (var change in stage.RunAsync(cancellation).ConfigureAwait(false))
        {
            counts.Count(change);
            ChangeReport.Report(context, change);
        }

        ChangeReport.Summarise(context, counts);
        var verlink = stage.Version;
        context.Reporter.Report("addendum", new JsonObject { ["version"] = verlink.Length, ["link"] = link.Origin, ["verlink"] = verlink.ToString() }, verlink.ToString());
        return verlink;
    }
}
