using System.Buffers.Binary;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.LabPeer.Modes;

/// <summary><c>hold --bootstrap H:P --key HEX [--relay KEY] --for MS</c>: pings five times a second over one connection, and connects again when it closes.</summary>
internal static class HoldMode
{
    private const int PingSize = 16;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var node = await run.StartNodeAsync();
        run.Events.Emit("ready", ("firewalled", node.IsFirewalled));
        var key = Id32.Parse<PublicKey>(run.Flag("key"));
        var end = run.Events.Milliseconds + run.Number("for", 60_000);
        var count = 0;
        while (run.Events.Milliseconds < end)
        {
            await HoldAsync(run, node, key, ++count, end);
            await Task.Delay(Pause, run.Ended);
        }

        run.Events.Emit("done", ("conns", count));
        return 0;
    }

    private static async Task HoldAsync(PeerRun run, DhtNode node, PublicKey key, int number, long end)
    {
        try
        {
            await using var connection = await node.ConnectAsync(key, run.ConnectOptions(), run.Ended);
            run.Events.Emit(
                "open",
                ("conn", number), ("kind", connection.Kind), ("remoteHost", connection.Raw.Remote.ToIPAddress()), ("remotePort", connection.Raw.Remote.Port));
            using var over = CancellationTokenSource.CreateLinkedTokenSource(run.Ended);
            var pinging = PingAsync(run, connection, end, over.Token);
            await ListenAsync(run, connection, number);
            await over.CancelAsync();
            await pinging;
        }
        catch (Exception error) when (error is NashiException or IOException)
        {
            run.Events.Emit("socket-error", ("conn", number), ("code", (error as NashiException)?.Code), ("message", error.Message));
        }

        run.Events.Emit("closed", ("conn", number));
    }

    private static async Task PingAsync(PeerRun run, DhtConnection connection, long end, CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Interval);
        var ping = new byte[PingSize];
        try
        {
            for (var sequence = 0u; await timer.WaitForNextTickAsync(cancellationToken) && run.Events.Milliseconds <= end; sequence++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(ping, sequence);
                BinaryPrimitives.WriteDoubleLittleEndian(ping.AsSpan(8), run.Events.PreciseMilliseconds);
                // Not awaited: a silent path must not stop the clock.
                _ = connection.Stream.Write(ping);
            }
        }
        catch (OperationCanceledException)
        {
            return;
        }

        await connection.DisposeAsync();
    }

    private static async Task ListenAsync(PeerRun run, DhtConnection connection, int number)
    {
        var (answer, length) = (new byte[PingSize], 0);
        while (await connection.Stream.ReadAsync(run.Ended) is { IsCompleted: false } read)
        {
            for (var rest = read.Message.ToArray().AsMemory(); !rest.IsEmpty;)
            {
                var take = Math.Min(PingSize - length, rest.Length);
                rest[..take].CopyTo(answer.AsMemory(length));
                rest = rest[take..];
                length += take;
                if (length < PingSize) break;
                length = 0;
                var sent = BinaryPrimitives.ReadDoubleLittleEndian(answer.AsSpan(8));
                run.Events.Emit("tick", ("conn", number), ("seq", BinaryPrimitives.ReadUInt32LittleEndian(answer)), ("rtt", Math.Round(run.Events.PreciseMilliseconds - sent, 2)));
            }
        }
    }
}
