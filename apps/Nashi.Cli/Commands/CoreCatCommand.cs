using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core cat</c>.</summary>
internal static class CoreCatCommand
{
    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var from = new Option<ulong>("--from") { Description = "First block", HelpName = "n" };
        var to = new Option<ulong?>("--to") { Description = "One past the last block (default: the length)", HelpName = "n" };
        var command = new Command("cat", "Write blocks' raw bytes to standard output, one after the other; fetched from peers when this store lacks them") { key, from, to };
        host.Handle(command, (context, cancellation) => RunAsync(
            context, context.Parsed.GetRequiredValue(key), context.Parsed.GetValue(from), context.Parsed.GetValue(to), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, ulong from, ulong? to, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var reader = await CoreReader.OpenAsync(session, key, cancellation).ConfigureAwait(false);
        var end = to ?? await reader.LengthAsync(cancellation).ConfigureAwait(false);
        if (from > end) throw CliException.Usage($"--from {from} is beyond the end, {end}.");
        for (var index = from; index < end; index++)
        {
            var block = await reader.GetAsync(index, cancellation).ConfigureAwait(false);
            if (context.Reporter.IsJson) context.Reporter.Report("block", new JsonObject { ["index"] = index, ["base64"] = Convert.ToBase64String(block) });
            await RawOutput.WriteAsync(context, block, cancellation).ConfigureAwait(false);
        }

        if (context.Reporter.IsJson) context.Reporter.Final(new JsonObject { ["from"] = from, ["to"] = end });
    }
}
