using Nashi.Encoding;
using Nashi.BlindPeer.Server;
using Nashi.Hypercore;

namespace Nashi.BlindPeer.Tests;

/// <summary>Waits for what a server does.</summary>
internal static class ServerWaits
{
    /// <summary>Waits until all blocks of a core up to a length are stored.</summary>
    public static async Task UntilAsync(this BlindPeerServer server, CoreKey key, ulong length)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        while (server.Keeper.Use((policy, _) => policy.Find(key)) is null) await Task.Delay(20, patience.Token);
        var hosted = await server.Keeper.AcquireAsync(key);
        Assert.NotNull(hosted);
        await UntilAsync(hosted.Core, () => hosted.Core.ContiguousLength >= length);
        await server.Keeper.ReleaseAsync(hosted);
    }

    /// <summary>Waits until a block is stored.</summary>
    public static async Task UntilHeldAsync(this BlindPeerServer server, CoreKey key, ulong block)
    {
        var hosted = await server.Keeper.AcquireAsync(key);
        Assert.NotNull(hosted);
        await UntilAsync(hosted.Core, () => hosted.Core.Has(block));
        await server.Keeper.ReleaseAsync(hosted);
    }

    /// <summary>How many blocks of a core are stored.</summary>
    public static async Task<ulong> CountAsync(this BlindPeerServer server, CoreKey key)
    {
        var hosted = await server.Keeper.AcquireAsync(key);
        var count = hosted!.Core.CountHeld();
        await server.Keeper.ReleaseAsync(hosted);
        return count;
    }

    /// <summary>Waits until something holds.</summary>
    public static async Task UntilAsync(this BlindPeerServer server, Func<BlindPeerStats, bool> holds)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        while (!holds(server.GetStats())) await Task.Delay(20, patience.Token);
    }

    private static async Task UntilAsync(Core core, Func<bool> holds)
    {
        while (true)
        {
            var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Turn(CoreChange change) => changed.TrySetResult();
            core.Changed += Turn;
            try
            {
                if (holds()) return;
                await changed.Task.WaitAsync(World.Patience);
            }
            finally
            {
                core.Changed -= Turn;
            }
        }
    }

    public static HostRecord? Record(this BlindPeerServer server, CoreKey key) => server.Keeper.Use((policy, _) => policy.Find(key));
}
