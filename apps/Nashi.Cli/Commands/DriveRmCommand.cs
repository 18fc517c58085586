using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive rm</c>.</summary>
internal static class DriveRmCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var path = new Argument<string>("path") { Description = "The file, or the folder with --recursive" };
        var recursive = new Option<bool>("--recursive", "-r") { Description = "Remove everything below a folder" };
        var command = new Command("rm", "Remove files from a drive's next version; older versions keep them") { link, path, recursive };
        host.Handle(command, (context, cancellation) => RunAsync(
            context,
            context.Parsed.GetRequiredValue(link),
            DriveReader.Absolute(context.Parsed.GetRequiredValue(path)),
            context.Parsed.GetValue(recursive),
            cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string path, bool isRecursive, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation);
        await using var drive = await RemoteDrive.OpenWritableAsync(session, link, cancellation);
        await using var batch = drive.Batch();
        var removed = 0;
        if (path != "/" && await batch.DeleteAsync(path.TrimEnd('/'), cancellation)) Report(path.TrimEnd('/'));
        if (isRecursive)
        {
            await foreach (var entry in drive.Snapshot().ListAsync(path, null, cancellation))
            {
                if (await batch.DeleteAsync(entry.Path, cancellation)) Report(entry.Path);
            }
        }

        if (removed == 0) throw new PathNotFoundException(link with { Path = path });
        await batch.FlushAsync(cancellation);
        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["removed"] = removed, ["version"] = drive.Version });

        void Report(string what)
        {
            removed++;
            context.Reporter.Report("removed", new JsonObject { ["path"] = what }, "- " + what);
        }
    }
}
