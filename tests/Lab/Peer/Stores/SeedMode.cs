using System.Net;
using System.Net.Sockets;
using Nashi.Hypercore;

namespace Nashi.LabPeer.Stores;

/// <summary><c>seed --dir D --blocks N [--port P] [--max-block N]</c>: serves a finished core over TCP on 127.0.0.1.</summary>
internal static class SeedMode
{
    private const ulong AtATime = 100;

    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run);
        var (core, blocks, count) = (store.Core, new LabBlocks(run), (ulong)run.Number("blocks", 5000));
        while (core.Length < count) await core.AppendAsync(blocks.Range(core.Length, Math.Min(AtATime, count - core.Length)), run.Ended);
        using var listener = new TcpListener(IPAddress.Loopback, (int)run.Number("port", 0));
        listener.Start();
        run.Events.Emit(
            "listening",
            ("port", ((IPEndPoint)listener.LocalEndpoint).Port), ("key", Convert.ToHexStringLower(core.Key.Value.AsSpan())), ("length", core.Length));
        while (true) _ = ServeAsync(store.Store, await listener.AcceptSocketAsync(run.Ended));
    }

    private static async Task ServeAsync(Corestore store, Socket socket)
    {
        try
        {
            await using var replication = await LabStore.ReplicateAsync(store, socket, isInitiator: false);
            await replication.Closed;
        }
        catch (Exception error) when (error is NashiException or IOException or SocketException)
        {
            socket.Dispose();
        }
    }
}
