using System.CommandLine;
using System.Globalization;
using Nashi.Deploy;
using Nashi.Hyperdrive;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi drive cat</c>.</summary>
internal static class DriveCatCommand
{
    public static Command Build(CommandHost host)
    {
        var link = LinkArgument.Make();
        var path = new Argument<string?>("path") { Description = "The file (default: the link's path)", Arity = ArgumentArity.ZeroOrOne };
        var range = new Option<ByteRange?>("--range")
        {
            Description = "Only some bytes: first-last, or first- to the end; only these are fetched",
            HelpName = "a-b",
            CustomParser = result =>
            {
                if (TryParse(result.Tokens[0].Value, out var parsed)) return parsed;
                result.AddError($"'{result.Tokens[0].Value}' is not a range of bytes: expected such as 0-99 or 1000-.");
                return null;
            },
        };
        var command = new Command("cat", "Write one file to standard output") { link, path, range };
        host.Handle(command, (context, cancellation) =>
        {
            var wanted = context.Parsed.GetRequiredValue(link);
            var file = context.Parsed.GetValue(path) ?? wanted.Path ?? throw CliException.Usage("Say which file.");
            return RunAsync(context, wanted, DriveReader.Absolute(file), context.Parsed.GetValue(range) ?? ByteRange.All, cancellation);
        });
        return command;
    }

    private static async Task RunAsync(CliContext context, PearLink link, string path, ByteRange range, CancellationToken cancellation)
    {
        if (context.Reporter.IsJson) throw CliException.Usage("Standard output cannot carry a file and JSON at once: leave out --json.");
        await using var reader = await DriveReader.OpenAsync(context, link, cancellation);
        var entry = await reader.RequireAsync(path, cancellation);
        await foreach (var chunk in reader.Drive.ReadAsync(entry, range, cancellation)) await RawOutput.WriteAsync(context, chunk, cancellation);
    }

    private static bool TryParse(string text, out ByteRange range)
    {
        range = default;
        var dash = text.IndexOf('-', StringComparison.Ordinal);
        if (dash < 1 || !ulong.TryParse(text[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return false;
        if (dash == text.Length - 1)
        {
            range = new ByteRange(first);
            return true;
        }

        if (!ulong.TryParse(text[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var last) || last < first) return false;
        range = new ByteRange(first, last - first + 1);
        return true;
    }
}
