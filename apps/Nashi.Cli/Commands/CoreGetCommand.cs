using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core get</c>.</summary>
internal static class CoreGetCommand
{
    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var index = new Argument<ulong>("index") { Description = "Which block, from 0" };
        var command = new Command("get", "Write one block's raw bytes to standard output; fetched from peers when this store lacks it") { key, index };
        host.Handle(command, (context, cancellation) =>
            RunAsync(context, context.Parsed.GetRequiredValue(key), context.Parsed.GetValue(index), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, ulong index, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var reader = await CoreReader.OpenAsync(session, key, cancellation).ConfigureAwait(false);
        var block = await reader.GetAsync(index, cancellation).ConfigureAwait(false);
        await RawOutput.WriteAsync(context, block, cancellation).ConfigureAwait(false);
        if (context.Reporter.IsJson) context.Reporter.Final(new JsonObject { ["index"] = index, ["base64"] = Convert.ToBase64String(block) });
    }
}
