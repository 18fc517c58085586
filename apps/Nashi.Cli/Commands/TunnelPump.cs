using System.Net.Sockets;
using Nashi.Dht;
using Nashi.SecretStream;

namespace Nashi.Cli.Commands;

/// <summary>Joins a TCP connection and one over the DHT: each direction ends by itself, and is no faster than its reader.</summary>
internal static class TunnelPump
{
    private const int ChunkSize = 64 * 1024;

    private static readonly CloseReason Broken = new(CloseKind.HandlerFailed, "The TCP connection broke.");

    /// <summary>Until both directions have ended. When it fails, the connection is aborted: the remote must see that it broke, not an end.</summary>
    /// <exception cref="IOException">One side broke before its end.</exception>
    public static async Task<TunnelCount> RunAsync(Socket socket, DhtConnection connection, CancellationToken cancellation)
    {
        try
        {
            return await CarryAsync(socket, connection, cancellation).ConfigureAwait(false);
        }
        catch
        {
            connection.Stream.Abort(Broken);
            throw;
        }
    }

    private static async Task<TunnelCount> CarryAsync(Socket socket, DhtConnection connection, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        // A path that breaks ends the reading of it at once; the socket's reader would never learn of it.
        _ = StopWhenBrokenAsync(connection, stop);
        var sending = SendAsync(socket, connection, stop.Token);
        var receiving = ReceiveAsync(socket, connection, stop.Token);
        try
        {
            var first = await Task.WhenAny(sending, receiving).ConfigureAwait(false);
            if (!first.IsCompletedSuccessfully) await stop.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(sending, receiving).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellation.IsCancellationRequested && connection.Stream.Closed.IsCompleted)
        {
            throw new IOException((await connection.Stream.Closed.ConfigureAwait(false)).Message, error);
        }

        return new TunnelCount(await sending.ConfigureAwait(false), await receiving.ConfigureAwait(false));
    }

    private static async Task StopWhenBrokenAsync(DhtConnection connection, CancellationTokenSource stop)
    {
        var reason = await connection.Stream.Closed.ConfigureAwait(false);
        if (reason.IsClean) return;
        try
        {
            await stop.CancelAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // All was over already.
        }
    }

    private static async Task<long> SendAsync(Socket socket, DhtConnection connection, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkSize];
        var total = 0L;
        int read;
        while ((read = await socket.ReceiveAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            await connection.Stream.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
            total += read;
        }

        await connection.Stream.EndAsync(cancellation).ConfigureAwait(false);
        return total;
    }

    private static async Task<long> ReceiveAsync(Socket socket, DhtConnection connection, CancellationToken cancellation)
    {
        var total = 0L;
        while (true)
        {
            var result = await connection.Stream.ReadAsync(cancellation).ConfigureAwait(false);
            if (result.IsCompleted) break;
            for (var rest = result.Message; rest.Length > 0;)
            {
                var sent = await socket.SendAsync(rest, cancellation).ConfigureAwait(false);
                rest = rest[sent..];
                total += sent;
            }
        }

        // Complete may also mean broken: then the remote did not end, and the socket must not look as if it had.
        if (connection.Stream.Closed is { IsCompletedSuccessfully: true } closed && !closed.Result.IsClean) throw new IOException(closed.Result.Message);
        socket.Shutdown(SocketShutdown.Send);
        return total;
    }
}
