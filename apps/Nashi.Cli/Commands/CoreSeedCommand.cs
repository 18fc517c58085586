using System.CommandLine;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core seed</c>.</summary>
internal static class CoreSeedCommand
{
    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var command = new Command("seed", "Offer a core to peers, and keep a full copy, until Ctrl-C") { key };
        host.Handle(command, (context, cancellation) => RunAsync(context, context.Parsed.GetRequiredValue(key), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var core = await session.Store.GetAsync(key, null, cancellation).ConfigureAwait(false);
        using var download = core.Download();
        var discovery = await session.JoinAsync(core.DiscoveryKey, server: true, client: true, cancellation).ConfigureAwait(false);
        await discovery.FlushedAsync(cancellation).ConfigureAwait(false);
        context.Reporter.Report(
            "announced", new JsonObject { ["key"] = key.ToString(), ["length"] = core.Length }, $"Seeding {key}: {core.Length} blocks. Ctrl-C stops.");
        await PeerTable.ShowAsync(context, session, () => core.Length, cancellation).ConfigureAwait(false);
        context.Reporter.Final(text: "Stopped.");
    }
}
