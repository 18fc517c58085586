using System.CommandLine;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Nashi.Deploy;
using Nashi.Hypercore;

namespace Nashi.Cli.Commands;

/// <summary><c>nashi core clone</c>.</summary>
internal static class CoreCloneCommand
{
    public static Command Build(CommandHost host)
    {
        var key = CoreCommand.KeyArgument();
        var live = new Option<bool>("--live") { Description = "Go on following the core until Ctrl-C" };
        var command = new Command("clone", "Download every block of a core, verified") { key, live };
        host.Handle(command, (context, cancellation) =>
            RunAsync(context, context.Parsed.GetRequiredValue(key), context.Parsed.GetValue(live), cancellation));
        return command;
    }

    private static async Task RunAsync(CliContext context, string keyText, bool live, CancellationToken cancellation)
    {
        var key = CliContext.ParseKey(keyText);
        await using var session = await context.OpenAsync(cancellation).ConfigureAwait(false);
        await using var core = await session.Store.GetAsync(key, null, cancellation).ConfigureAwait(false);
        var changes = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        core.Changed += _ => changes.Writer.TryWrite(true);
        var discovery = await session.JoinAsync(core.DiscoveryKey, server: live, client: true, cancellation).ConfigureAwait(false);
        using var download = core.Download();
        if (live) await FollowAsync(context, core, changes.Reader, cancellation).ConfigureAwait(false);
        else await CompleteAsync(context, core, discovery, changes.Reader, cancellation).ConfigureAwait(false);
        context.Reporter.Final(
            new JsonObject { ["key"] = key.ToString(), ["length"] = core.Length, ["byteLength"] = core.ByteLength, ["fork"] = core.Fork },
            $"{core.ContiguousLength} of {core.Length} blocks");
    }

    private static async Task FollowAsync(CliContext context, Core core, ChannelReader<bool> changes, CancellationToken cancellation)
    {
        var progress = new Progress(context, core);
        try
        {
            progress.Report();
            await foreach (var _ in changes.ReadAllAsync(cancellation).ConfigureAwait(false)) progress.Report();
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            // Ctrl-C is how following ends.
        }
    }

    private static async Task CompleteAsync(
        CliContext context, Core core, Swarm.SwarmDiscovery discovery, ChannelReader<bool> changes, CancellationToken cancellation)
    {
        await PeerSearch.WaitAsync(core, core.Key.ToString(), discovery, cancellationToken: cancellation).ConfigureAwait(false);
        _ = await core.UpdateAsync(wait: true, cancellation).ConfigureAwait(false);
        var progress = new Progress(context, core);
        progress.Report();
        while (core.ContiguousLength < core.Length)
        {
            await WaitForChangeAsync(core, changes, cancellation).ConfigureAwait(false);
            progress.Report();
        }
    }

    // Peers may go away for good in the middle: then the user must hear of it.
    private static async Task WaitForChangeAsync(Core core, ChannelReader<bool> changes, CancellationToken cancellation)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        patience.CancelAfter(PeerSearch.Patience);
        try
        {
            _ = await changes.ReadAsync(patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            if (core.PeerCount > 0) return;
            throw new CliException(
                "PEER_LOST", $"All peers of {core.Key} went away with {core.ContiguousLength} of {core.Length} blocks here. What was fetched is kept: run the same again to go on.");
        }
    }

    // Speaks when the contiguous length or the fork changed.
    private sealed class Progress(CliContext context, Core core)
    {
        private (ulong Length, ulong Fork)? _said;

        public void Report()
        {
            var now = (core.ContiguousLength, core.Fork);
            if (now == _said) return;
            _said = now;
            context.Reporter.Report("progress", new JsonObject { ["length"] = now.ContiguousLength, ["fork"] = now.Fork, ["peers"] = core.PeerCount });
        }
    }
}
