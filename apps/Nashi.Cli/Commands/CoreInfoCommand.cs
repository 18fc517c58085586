using System.CommandLine;
using System.Text.Json.Nodes;
using Nashi.Cli.Output;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core info</c>.</summary>
internal static class CoreInfoCommand
{
    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var command = new Command("info", "What this store knows of a core") { key };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetRequiredValue(key), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var core = await session.Store.GetAsync(key, null, cancellation).ConfigureAwait(false);
        var facts = new JsonObject
        {
            ["key"] = core.Key.ToString(),
            ["discoveryKey"] = core.DiscoveryKey.ToString(),
            ["length"] = core.Length,
            ["byteLength"] = core.ByteLength,
            ["contiguousLength"] = core.ContiguousLength,
            ["fork"] = core.Fork,
            ["writable"] = core.IsWritable,
        };
        context.Reporter.Final(facts, Facts.Format(facts));
    }
}
