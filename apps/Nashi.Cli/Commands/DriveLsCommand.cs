using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;
using Nashi.Deploy;
using Nashi.Hyperdrive;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive ls</c>.</summary>
internal static class DriveLsCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var folder = new Argument<string?>("path") { Description = "The folder (default: the link's path, else all)", Arity = ArgumentArity.ZeroOrOne };
        var flat = new Option<bool>("--flat") { Description = "Do not go into folders" };
        var command = new Command("ls", "List files with their sizes") { link, folder, flat };
        host.Handle(command, (context, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(link);
            var root = context.Parsed.GetValue(folder) ?? wanted.Path ?? "/";
            return RunAsync(context, wanted, DriveReader.Absolute(root), context.Parsed.GetValue(flat), cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string root, bool isFlat, CancellationToken cancellation)
    {
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        var files = isFlat ? await ListFolderAsync(context, reader, root, cancellation) : await ListAllAsync(context, reader, root, cancellation);
        if (files == 0 && root != "/") throw new PathNotFoundException(link with { Path = root });
        context.Reporter.Final(new JsonObject { ["link"] = link.Origin, ["version"] = reader.Drive.Version, ["files"] = files });
    }

    private static async Task<int> ListAllAsync(CliContext context, DriveReader reader, string root, CancellationToken cancellation)
    {
        var files = 0;
        if (root != "/" && await reader.Drive.GetEntryAsync(root, follow: false, cancellation) is { } one)
        {
            files++;
            await ReportAsync(context, reader, one, cancellation);
        }

        await foreach (var entry in reader.Drive.ListAsync(root, null, cancellation))
        {
            files++;
            await ReportAsync(context, reader, entry, cancellation);
        }

        return files;
    }

    private static async Task<int> ListFolderAsync(CliContext context, DriveReader reader, string root, CancellationToken cancellation)
    {
        var names = 0;
        await foreach (var name in reader.Drive.ReadDirectoryAsync(root, cancellation))
        {
            names++;
            var path = root.TrimEnd('/') + "/" + name;
            if (await reader.Drive.GetEntryAsync(path, follow: false, cancellation) is { } entry) await ReportAsync(context, reader, entry, cancellation);
            else context.Reporter.Report("folder", new JsonObject { ["path"] = path }, $"{"",10}  {path}/");
        }

        return names;
    }

    private static async Task ReportAsync(CliContext context, DriveReader reader, DriveEntry entry, CancellationToken cancellation)
    {
        var size = await reader.Drive.GetByteLengthAsync(entry, cancellation);
        var data = new JsonObject
        {
            ["path"] = entry.Path,
            ["size"] = size,
            ["executable"] = entry.IsExecutable,
            ["link"] = entry.LinkName,
            ["version"] = entry.Seq + 1,
        };
        var mark = entry.IsLink ? " -> " + entry.LinkName : entry.IsExecutable ? "*" : "";
        context.Reporter.Report("file", data, $"{(entry.IsLink ? "" : Sizes.Format(size)),10}  {entry.Path}{mark}");
    }
}
