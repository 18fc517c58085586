using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.LabPeer.Modes;

/// <summary><c>client --bootstrap H:P --key HEX [--relay KEY] [--bytes N] [--settle MS] [--timeout MS] [--attempts N]</c>: connects and has bytes echoed.</summary>
internal static class ClientMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync();
        run.Events.Emit("ready", ("firewalled", node.IsFirewalled));
        for (var attempt = 1; attempt <= run.Number("attempts", 1); attempt++)
        {
            if (!await AttemptAsync(run, node, attempt)) continue;
            run.Events.Emit("done", ("attempts", attempt));
            return 0;
        }

        return 2;
    }

    private static async Task<bool> AttemptAsync(PeerRun run, DhtNode node, int attempt)
    {
        var start = run.Events.Milliseconds;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(run.Ended);
        timeout.CancelAfter(TimeSpan.FromMilliseconds(run.Number("timeout", 60_000)));
        try
        {
            await using var connection = await node.ConnectAsync(Id32.Parse<PublicKey>(run.Flag("key")), run.ConnectOptions(), timeout.Token);
            await ExchangeAsync(run, connection, attempt, start, timeout.Token);
            return true;
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or IOException)
        {
            var code = error is NashiException own ? own.Code : error is IOException ? "CLOSED" : "LAB_TIMEOUT";
            run.Events.Emit("error", ("n", attempt), ("ms", run.Events.Milliseconds - start), ("code", code), ("message", error.Message));
            return false;
        }
    }

    private static async Task ExchangeAsync(PeerRun run, DhtConnection connection, int attempt, long start, CancellationToken cancellationToken)
    {
        // As the reference's: the keys are agreed and there is a way. That the other side answers over it is the first echo, a round trip later.
        Emit("open", run.Events.Milliseconds - start);
        await EchoAsync(connection, 1024, cancellationToken);
        Emit("first-echo", run.Events.Milliseconds - start);
        await Task.Delay(TimeSpan.FromMilliseconds(run.Number("settle", 0)), cancellationToken);
        Emit("bulk-start", run.Events.Milliseconds - start);

        // The laboratory reads its counters now.
        await Task.Delay(TimeSpan.FromMilliseconds(500), cancellationToken);
        var bulk = run.Events.Milliseconds;
        await EchoAsync(connection, (int)run.Number("bytes", 262_144), cancellationToken);
        Emit("bulk-echo", run.Events.Milliseconds - bulk);

        void Emit(string name, long milliseconds) => run.Events.Emit(
            name,
            ("n", attempt), ("ms", milliseconds), ("kind", connection.Kind),
            ("remoteHost", connection.Raw.Remote.ToIPAddress()), ("remotePort", connection.Raw.Remote.Port));
    }

    private static async Task EchoAsync(DhtConnection connection, int count, CancellationToken cancellationToken)
    {
        var writing = WriteAsync(connection, count, cancellationToken);
        for (var back = 0; back < count;)
        {
            var read = await connection.Stream.ReadAsync(cancellationToken);
            if (read.IsCompleted) throw new IOException("The connection ended before everything came back.");
            back += read.Message.Length;
        }

        await writing;
    }

    private static async Task WriteAsync(DhtConnection connection, int count, CancellationToken cancellationToken)
    {
        var chunk = new byte[16_384];
        for (var left = count; left > 0; left -= chunk.Length) await connection.Stream.WriteAsync(chunk.AsMemory(0, Math.Min(chunk.Length, left)), cancellationToken);
    }
}
