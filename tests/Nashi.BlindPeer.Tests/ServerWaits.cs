using Nashi.Encoding;
using Nashi.BlindPeer.Server;

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
        while (hosted.Core.ContiguousLength < length) await Task.Delay(20, patience.Token);
        await server.Keeper.ReleaseAsync(hosted);
    }

    /// <summary>Waits until a block is stored.</summary>
    public static async Task UntilHeldAsync(this BlindPeerServer server, CoreKey key, ulong block)
    {
        using var patience = new CancellationTokenSource(World.Patience);
        var hosted = await server.Keeper.AcquireAsync(key);
        while (!hosted!.Core.Has(block)) await Task.Delay(20, patience.Token);
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

    public static HostRecord? Record(this BlindPeerServer server, CoreKey key) => server.Keeper.Use((policy, _) => policy.Find(key));
}
