using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Hyperdrive;
using Nashi.Swarm;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive sync</c>.</summary>
internal static class DriveSyncCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<string>("dir") { Description = "The folder" };
        var ignore = ListOption.Make("--ignore", "Paths or globs to leave alone; ! takes back in");
        var keep = new Option<bool>("--no-prune") { Description = "Keep what the other side does not have" };
        var down = new Option<bool>("--down") { Description = "Write into the folder also where the drive is your own" };
        var force = new Option<bool>("--force", "-f") { Description = "Remove files of the folder that the drive does not have" };
        var command = new Command("sync", "Keep a folder and a drive equal until Ctrl-C: your own drive follows the folder, a folder follows another's drive") { link, folder, ignore, keep, down, force };
        host.Handle(command, (context, cancellation) =>
        {
            var options = new FolderSyncOptions { Ignore = ListOption.Split(context.Parsed.GetValue(ignore)), Prune = !context.Parsed.GetValue(keep) };
            return RunAsync(context, context.Parsed.GetRequiredValue(link), context.Parsed.GetRequiredValue(folder), options, context.Parsed.GetValue(down), context.Parsed.GetValue(force), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string folder, FolderSyncOptions options, bool isDown, bool isForced, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link with { Fork = null, Length = null, TreeHash = null }, cancellation);
        var uploads = reader.Newest.IsWritable && !isDown;
        if (!uploads && !isForced) await RequireSafeAsync(reader.Newest, folder, options, cancellation);
        var discovery = await reader.FollowAsync(cancellation);
        var announcing = uploads ? AnnounceAsync(context, link, discovery, cancellation) : Task.CompletedTask;
        var sync = new FolderSync(reader.Newest, folder, options);
        sync.Failed += error => context.Reporter.Report("failed", new JsonObject { ["message"] = error.Message }, $"! {error.Message}");
        var (from, to) = uploads ? (Path.GetFullPath(folder), link.Origin) : (link.Origin, Path.GetFullPath(folder));
        context.Reporter.Report("syncing", new JsonObject { ["from"] = from, ["to"] = to }, $"{to} follows {from}. Ctrl-C stops.");
        try
        {
            await foreach (var change in uploads ? sync.UploadAsync(cancellation) : sync.DownloadAsync(cancellation))
            {
                if (change is { } told) ChangeReport.Report(context, told);
                else context.Reporter.Report("synced", new JsonObject { ["version"] = reader.Newest.Version });
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how syncing is meant to end.
        }

        await announcing;

        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["version"] = reader.Newest.Version }, "Stopped.");
    }

    // The folder is read meanwhile; others find the drive from here on.
    private static async Task AnnounceAsync(CliContext context, PearLink link, SwarmDiscovery discovery, CancellationToken cancellation)
    {
        try
        {
            var everywhere = await discovery.FlushedAsync(cancellation);
            context.Reporter.Report(
                "announced",
                new JsonObject { ["link"] = link.Origin, ["lanOnly"] = !everywhere },
                everywhere ? $"Announced: {link.Origin} can be found now." : "The internet does not answer yet: the drive can be found on the local network.");
        }
        catch (OperationCanceledException)
        {
            // Stopped before.
        }
    }

    // Files that the drive does not have would be removed: of a folder that was never this drive's, that is not what anybody wants.
    private static async Task RequireSafeAsync(Drive drive, string folder, FolderSyncOptions options, CancellationToken cancellation)
    {
        if (!options.Prune || !Directory.Exists(folder)) return;
        var filter = new PathFilter(options.Ignore);
        var trial = new Mirror(drive.Snapshot(), new LocalDrive(folder), new MirrorOptions { IsDryRun = true, IgnoreWhere = path => !filter.Includes(path) });
        await foreach (var change in trial.RunAsync(cancellation))
        {
            if (change.Kind is not MirrorChangeKind.Remove) continue;
            throw new FolderNotEmptyException($"{change.Path} in {Path.GetFullPath(folder)} is not in the drive and would be removed. Choose another folder, keep such files with --no-prune, or go on with --force.");
        }
    }
}
