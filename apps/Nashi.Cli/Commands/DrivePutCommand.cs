using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Deploy;
using Nashi.Hyperdrive;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive put</c>.</summary>
internal static class DrivePutCommand
{
    private const string StandardInput = "-";

    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var path = new Argument<string>("path") { Description = "Where in the drive" };
        var file = new Argument<string>("file") { Description = "The file to store; - or nothing reads standard input", DefaultValueFactory = _ => StandardInput };
        var executable = new Option<bool>("--executable") { Description = "Mark it as a program (default: as the file is)" };
        var command = new Command("put", "Store one file in a drive") { link, path, file, executable };
        host.Handle(command, (context, cancellation) => RunAsync(
            context,
            context.Parsed.GetRequiredValue(link),
            DriveReader.Absolute(context.Parsed.GetRequiredValue(path)),
            context.Parsed.GetRequiredValue(file),
            context.Parsed.GetValue(executable),
            cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string path, string file, bool isExecutable, CancellationToken cancellation)
    {
        await using var session = await context.OpenAsync(cancellation);
        await using var drive = await RemoteDrive.OpenWritableAsync(session, link, cancellation);
        await using var content = file == StandardInput ? Console.OpenStandardInput() : File.OpenRead(file);
        var options = new DriveFileOptions { IsExecutable = isExecutable || (file != StandardInput && IsExecutable(file)), Dedup = true };
        await drive.PutAsync(path, content, options, cancellation);
        var entry = (await drive.GetEntryAsync(path, follow: false, cancellation))!;
        var size = await drive.GetByteLengthAsync(entry, cancellation);
        context.Reporter.Final(
            new JsonObject { ["link"] = link.Origin, ["path"] = entry.Path, ["size"] = size, ["version"] = drive.Version },
            $"{entry.Path} stored: version {drive.Version}.");
    }

    private static bool IsExecutable(string file) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute);
}
