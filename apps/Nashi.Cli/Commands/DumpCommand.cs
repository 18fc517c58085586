using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi dump</c>.</summary>
internal static class DumpCommand
{
    private const string StandardOutput = "-";

    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<string?>("dir") { Description = "Where to write; - writes one file to standard output", Arity = ArgumentArity.ZeroOrOne };
        var dryRun = new Option<bool>("--dry-run", "-d") { Description = "Only show what would change" };
        var checkout = new Option<ulong?>("--checkout") { Description = "The version to take (default: the link's, else the newest)", HelpName = "n" };
        var only = ListOption.Make("--only", "Path prefixes to take");
        var force = new Option<bool>("--force", "-f") { Description = "Write into a folder that is not empty" };
        var keep = new Option<bool>("--no-prune") { Description = "Keep files that the drive does not have" };
        var list = new Option<bool>("--list") { Description = "Only list what is in the drive" };
        var command = new Command("dump", "Take a folder out of a drive, at any version") { link, folder, dryRun, checkout, only, force, keep, list };
        command.Validators.Add(result =>
        {
            if (!result.GetValue(list) && result.GetValue(folder) is null) result.AddError("Say where to write: a folder, or - for standard output.");
        });
        host.Handle(command, (context, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(link);
            if (context.Parsed.GetValue(checkout) is { } length) wanted = wanted with { Length = length, Fork = wanted.Fork ?? 0, TreeHash = null };
            var options = new DumpOptions
            {
                IsDryRun = context.Parsed.GetValue(dryRun),
                Only = ListOption.Split(context.Parsed.GetValue(only)),
                Prune = !context.Parsed.GetValue(keep),
                Force = context.Parsed.GetValue(force),
            };
            if (context.Parsed.GetValue(list)) return ListAsync(context, wanted, options, cancellation);
            var target = context.Parsed.GetRequiredValue(folder)!;
            return target == StandardOutput ? PrintAsync(context, wanted, cancellation) : RunAsync(context, wanted, target, options, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string folder, DumpOptions options, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var dump = await Dump.OpenAsync(session, link, options, cancellation).ConfigureAwait(false);
        var target = Path.GetFullPath(folder);
        context.Reporter.Report("dumping", new JsonObject { ["link"] = dump.Version.ToString(), ["dir"] = target, ["dryRun"] = options.IsDryRun }, $"Dumping {dump.Version} into {target}");
        var counts = new FileCounts();
        await foreach (var change in dump.RunAsync(target, cancellation).ConfigureAwait(false))
        {
            counts.Count(change);
            ChangeReport.Report(context, change);
        }

        ChangeReport.Summarise(context, counts);
        context.Reporter.Final(new JsonObject { ["link"] = dump.Version.ToString(), ["dir"] = target, ["dryRun"] = options.IsDryRun });
    }

    private static async Task ListAsync(CliContext context, PearLink link, DumpOptions options, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var dump = await Dump.OpenAsync(session, link, options, cancellation).ConfigureAwait(false);
        var files = 0;
        await foreach (var file in dump.ListAsync(cancellation).ConfigureAwait(false))
        {
            files++;
            context.Reporter.Report("file", new JsonObject { ["path"] = file.Path, ["size"] = file.Size, ["executable"] = file.IsExecutable, ["link"] = file.LinkTarget }, file.Path);
        }

        context.Reporter.Final(new JsonObject { ["link"] = dump.Version.ToString(), ["files"] = files });
    }

    private static async Task PrintAsync(CliContext context, PearLink link, CancellationToken cancellation)
    {
        if (context.Reporter.IsJson) throw CliException.Usage("Standard output cannot carry a file and JSON at once: leave out --json, or name a folder.");
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var dump = await Dump.OpenAsync(session, link, new DumpOptions(), cancellation).ConfigureAwait(false);
        var output = Console.OpenStandardOutput();
        await using (output.ConfigureAwait(false)) await dump.CopyFileAsync(output, cancellation).ConfigureAwait(false);
    }
}
