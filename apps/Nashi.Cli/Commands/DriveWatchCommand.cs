using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive watch</c>.</summary>
internal static class DriveWatchCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<string?>("path") { Description = "Only below a folder", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("watch", "Tell each change as it is published, until Ctrl-C") { link, folder };
        host.Handle(command, (context, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(link) with { Fork = null, Length = null, TreeHash = null };
            return RunAsync(context, wanted, DriveReader.Absolute(context.Parsed.GetValue(folder) ?? wanted.Path ?? "/"), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string root, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        await reader.FollowAsync(cancellation);
        context.Reporter.Report("watching", new JsonObject { ["link"] = link.Origin, ["version"] = reader.Drive.Version }, $"Watching {link.Origin} from version {reader.Drive.Version}. Ctrl-C stops.");
        try
        {
            await foreach (var (current, previous) in reader.Drive.WatchAsync(root, cancellation))
            {
                await foreach (var difference in current.DiffAsync(previous.Version, root, cancellation)) DriveDiffCommand.Report(context, difference);
                context.Reporter.Report("version", new JsonObject { ["version"] = current.Version }, $"version {current.Version}");
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how watching is meant to end.
        }

        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["version"] = reader.Drive.Version }, "Stopped.");
    }
}
