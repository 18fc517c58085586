using Nashi.Cryptography;
using Nashi.Dht;

namespace Nashi.LabPeer.Modes;

/// <summary><c>server --bootstrap H:P [--relay KEY] [--seed HEX64]</c>: echoes every byte.</summary>
internal static class ServerMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync();
        run.Events.Emit("ready", ("firewalled", node.IsFirewalled), ("host", node.RemoteAddress?.ToIPAddress()), ("port", node.RemoteAddress?.Port));
        await using var server = node.CreateServer(run.ServerOptions());
        using var keyPair = run.TryFlag("seed") is { } seed ? KeyPair.FromSeed(Convert.FromHexString(seed)) : KeyPair.Generate(SystemRandom.Instance);
        await server.ListenAsync(keyPair, run.Ended);
        run.Events.Emit("listening", ("publicKey", Convert.ToHexStringLower(keyPair.PublicKey.Value.AsSpan())));
        await foreach (var connection in server.Connections.ReadAllAsync(run.Ended)) _ = EchoAsync(run, connection);
        return 0;
    }

    private static async Task EchoAsync(PeerRun run, DhtConnection connection)
    {
        await using var own = connection;
        run.Events.Emit("connection", ("remoteHost", connection.Raw.Remote.ToIPAddress()), ("remotePort", connection.Raw.Remote.Port), ("kind", connection.Kind));
        try
        {
            while (await connection.Stream.ReadAsync(run.Ended) is { IsCompleted: false } read) await connection.Stream.WriteAsync(read.Message, run.Ended);
            await connection.Stream.EndAsync(run.Ended);
        }
        catch (Exception error) when (error is NashiException or IOException)
        {
            run.Events.Emit("socket-error", ("code", (error as NashiException)?.Code), ("message", error.Message));
        }

        run.Events.Emit("closed");
    }
}
