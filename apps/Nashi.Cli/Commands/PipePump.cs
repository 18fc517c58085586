using Nashi.SecretStream;

namespace Nashi.Cli.Commands;

/// <summary>Joins two plain streams and a connection; each direction ends by itself.</summary>
internal static class PipePump
{
    private const int ChunkSize = 64 * 1024;

    private static readonly CloseReason Broken = new(CloseKind.HandlerFailed, "The pipe broke on the other side.");

    /// <summary>Until both directions have ended. When it fails, the connection is aborted: what was cut short must not look complete over there.</summary>
    /// <param name="connection">To the other side; not disposed.</param>
    /// <param name="input">What to send, to its end.</param>
    /// <param name="output">Where to put what comes; disposed at its end, so that whoever reads it learns of that.</param>
    /// <param name="isTyped">Whether somebody types the input, which may never end: then the other side's end is the end of both.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="CliException">The connection broke.</exception>
    public static async Task RunAsync(IMessageStream connection, Stream input, Stream output, bool isTyped, CancellationToken cancellation)
    {
        try
        {
            await CarryAsync(connection, input, output, isTyped, cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (isTyped && cancellation.IsCancellationRequested)
        {
            // That is how a person says goodbye.
            throw;
        }
        catch (Exception error)
        {
            connection.Abort(Broken);
            if (error is not MessageStreamClosedException closed) throw;
            throw Lost(closed.Reason);
        }
    }

    private static async Task CarryAsync(IMessageStream connection, Stream input, Stream output, bool isTyped, CancellationToken cancellation)
    {
        var sending = SendAsync(connection, input, cancellation);
        var receiving = ReceiveAsync(connection, output, cancellation);
        if (await Task.WhenAny(sending, receiving).ConfigureAwait(false) == sending)
        {
            await sending.ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
            return;
        }

        await receiving.ConfigureAwait(false);
        if (isTyped)
        {
            await connection.EndAsync(cancellation).ConfigureAwait(false);
            return;
        }

        // Input may be silent for long: a connection that breaks meanwhile is noticed all the same.
        if (await Task.WhenAny(sending, connection.Closed).ConfigureAwait(false) != sending) await ThrowIfBrokenAsync(connection).ConfigureAwait(false);
        await sending.ConfigureAwait(false);
    }

    private static async Task SendAsync(IMessageStream connection, Stream input, CancellationToken cancellation)
    {
        var buffer = new byte[ChunkSize];
        int read;
        while ((read = await input.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0)
        {
            await connection.WriteAsync(buffer.AsMemory(0, read), cancellation).ConfigureAwait(false);
        }

        await connection.EndAsync(cancellation).ConfigureAwait(false);
    }

    private static async Task ReceiveAsync(IMessageStream connection, Stream output, CancellationToken cancellation)
    {
        await using (output.ConfigureAwait(false))
        {
            while (true)
            {
                var result = await connection.ReadAsync(cancellation).ConfigureAwait(false);
                if (result.IsCompleted) break;
                await output.WriteAsync(result.Message, cancellation).ConfigureAwait(false);
                await output.FlushAsync(cancellation).ConfigureAwait(false);
            }

            if (connection.Closed.IsCompleted) await ThrowIfBrokenAsync(connection).ConfigureAwait(false);
        }
    }

    private static async Task ThrowIfBrokenAsync(IMessageStream connection)
    {
        var reason = await connection.Closed.ConfigureAwait(false);
        if (!reason.IsClean) throw Lost(reason);
    }

    private static CliException Lost(CloseReason reason) => new("ERR_CONNECTION_LOST", $"The pipe broke: {reason.Message}");
}
