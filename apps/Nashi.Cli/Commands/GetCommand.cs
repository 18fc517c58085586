using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Deploy;
using Spectre.Console;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi get</c>: fetch what somebody shares.</summary>
internal static class GetCommand
{
    private const int NameLength = 8;

    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<DirectoryInfo?>("dir") { Description = "Where to write (default: a new folder named after the link)", Arity = ArgumentArity.ZeroOrOne };
        var force = new Option<bool>("--force", "-f") { Description = "Overwrite files that differ" };
        var command = new Command("get", "Fetch a shared folder, verified block by block; Ctrl-C and run again to resume") { link, folder, force };
        host.Handle(command, (context, cancellation) => RunAsync(
            context, context.Parsed.GetRequiredValue(link), context.Parsed.GetValue(folder), context.Parsed.GetValue(force), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, DirectoryInfo? folder, bool force, CancellationToken cancellation)
    {
        var target = folder?.FullName ?? Path.GetFullPath(link.Key.ToString()[..NameLength]);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        context.Reporter.Report("connecting", new JsonObject { ["link"] = link.ToString() }, $"Looking for {link}");
        var options = new DumpOptions { Prune = false, Force = true };
        await using var dump = await Dump.OpenAsync(session, link, options, cancellation).ConfigureAwait(false);
        if (!force) await dump.RequireNoOverwriteAsync(target, cancellation).ConfigureAwait(false);
        var counts = context.IsInteractive
            ? await WithBarAsync(session, dump, target, cancellation).ConfigureAwait(false)
            : await WithLinesAsync(context, dump, target, cancellation).ConfigureAwait(false);
        ChangeReport.Summarise(context, counts);
        context.Reporter.Final(new JsonObject { ["link"] = dump.Version.ToString(), ["dir"] = target, ["files"] = counts.Files }, target);
    }

    private static async Task<FileCounts> WithLinesAsync(CliContext context, Dump dump, string target, CancellationToken cancellation)
    {
        var counts = new FileCounts();
        await foreach (var change in dump.RunAsync(target, cancellation).ConfigureAwait(false))
        {
            counts.Count(change);
            ChangeReport.Report(context, change);
        }

        return counts;
    }

    private static async Task<FileCounts> WithBarAsync(DeploySession session, Dump dump, string target, CancellationToken cancellation)
    {
        var counts = new FileCounts();
        var total = await dump.CountAsync(cancellation).ConfigureAwait(false);
        await AnsiConsole.Progress().HideCompleted(false).StartAsync(async bars =>
        {
            var bar = bars.AddTask("files", maxValue: Math.Max(total, 1));
            await foreach (var change in dump.RunAsync(target, cancellation).ConfigureAwait(false))
            {
                counts.Count(change);
                if (change.Kind is not FileChangeKind.Removed) bar.Increment(1);
                bar.Description = string.Create(CultureInfo.InvariantCulture, $"{counts.Files}/{total} files, {Sizes.Format(counts.BytesAdded)}, {session.Peers.Count} peers");
            }
        }).ConfigureAwait(false);
        return counts;
    }
}
