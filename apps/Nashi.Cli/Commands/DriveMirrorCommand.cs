using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Hyperdrive;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive mirror</c>.</summary>
internal static class DriveMirrorCommand
{
    public static Command Build(CommandHost host)
    {
        var from = new Argument<string>("from") { Description = "A folder, or a link to read from" };
        var to = new Argument<string>("to") { Description = "A folder, or a link of your own to write to" };
        var dryRun = new Option<bool>("--dry-run", "-d") { Description = "Only show what would change" };
        var keep = new Option<bool>("--no-prune") { Description = "Keep what the source does not have" };
        var ignore = ListOption.Make("--ignore", "Paths or globs to leave alone; ! takes back in");
        var only = ListOption.Make("--only", "Path prefixes to take");
        var command = new Command("mirror", "Make one folder or drive equal to another, writing only what differs") { from, to, dryRun, keep, ignore, only };
        host.Handle(command, (context, cancellation) =>
        {
            var filter = new PathFilter(ListOption.Split(context.Parsed.GetValue(ignore)), ListOption.Split(context.Parsed.GetValue(only)));
            var options = new MirrorOptions
            {
                IsDryRun = context.Parsed.GetValue(dryRun),
                Prune = !context.Parsed.GetValue(keep),
                IgnoreWhere = filter.IsAll ? null : path => !filter.Includes(path),
                IncludeEqual = true,
                Batch = true,
                Dedup = true,
            };
            return RunAsync(context, context.Parsed.GetRequiredValue(from), context.Parsed.GetRequiredValue(to), options, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, string from, string to, MirrorOptions options, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation);
        await using var source = await OpenSourceAsync(session, from, cancellation);
        await using var target = await OpenTargetAsync(session, to, cancellation);
        context.Reporter.Report("mirroring", new JsonObject { ["from"] = from, ["to"] = to, ["dryRun"] = options.IsDryRun }, $"Mirroring {from} to {to}");
        var counts = new FileCounts();
        var mirror = new Mirror(source.Drive, target.Drive, options with { Batch = target.Drive is Drive });
        await foreach (var change in mirror.RunAsync(cancellation))
        {
            var told = FileChange.From(change);
            counts.Count(told);
            ChangeReport.Report(context, told);
        }

        ChangeReport.Summarise(context, counts);
        context.Reporter.Final(new JsonObject { ["from"] = from, ["to"] = to, ["dryRun"] = options.IsDryRun });
    }

    private static async ValueTask<End> OpenSourceAsync(DeploySession session, string name, CancellationToken cancellation)
    {
        if (!PearLink.TryParse(name, out var link, out _))
        {
            return Directory.Exists(name) ? new End(new LocalDrive(name), null) : throw new CliException("ERR_NOT_FOUND", $"There is no folder {Path.GetFullPath(name)}, and it is no link either.");
        }

        var drive = await RemoteDrive.OpenAsync(session, link, mustBeCurrent: true, cancellation);
        return new End(link.Length is { } length ? drive.Checkout(length) : drive.Snapshot(), drive);
    }

    private static async ValueTask<End> OpenTargetAsync(DeploySession session, string name, CancellationToken cancellation)
    {
        if (!PearLink.TryParse(name, out var link, out _)) return new End(new LocalDrive(name), null);
        var drive = await RemoteDrive.OpenWritableAsync(session, link, cancellation);
        return new End(drive, drive);
    }

    private sealed record End(IDrive Drive, Drive? Owned) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Owned?.DisposeAsync() ?? default;
    }
}
