using System.Net;
using System.Net.Sockets;
using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.Abuse.SlowPeers;

/// <summary>One slow peer of a seeder.</summary>
internal sealed class SlowPeer(SlowKind kind, int port, CoreKey key) : IDisposable
{
    // The handshake's answers, the stream's header, and the channel's first words; not one block.
    private const int HeardByTheDeaf = 2_000;

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

    /// <summary>Stays until it is ended or thrown out.</summary>
    /// <param name="began">Called when it is as slow as it gets.</param>
    /// <param name="ended">Ends it.</param>
    public async Task StayAsync(Action began, CancellationToken ended)
    {
        try
        {
            await _socket.ConnectAsync(IPAddress.Loopback, port, ended);
            var stream = new NetworkStream(_socket, ownsSocket: false);
            await BeginAsync(stream, began, ended);
        }
        catch (Exception error) when (error is OperationCanceledException or IOException or SocketException or NashiException or ObjectDisposedException)
        {
            // Ended, or thrown out.
        }
    }

    public void Dispose() => _socket.Dispose();

    private Task BeginAsync(NetworkStream stream, Action began, CancellationToken ended) => kind switch
    {
        SlowKind.Silent => StallAsync(stream, ReadOnlyMemory<byte>.Empty, began, ended),
        SlowKind.HalfOpen => StallAsync(stream, new byte[] { 0x20, 0x00, 0x00, 0x01, 0x02 }, began, ended),
        SlowKind.Drip => DripAsync(stream, 1, began, ended),
        SlowKind.Stalled => DripAsync(stream, 65_536, began, ended),
        _ => DeafAsync(stream, began, ended),
    };

    private static async Task StallAsync(NetworkStream stream, ReadOnlyMemory<byte> said, Action began, CancellationToken ended)
    {
        if (!said.IsEmpty) await stream.WriteAsync(said, ended);
        began();
        await ReadToEndAsync(stream, ended);
    }

    private static async Task DripAsync(NetworkStream stream, int atFirst, Action began, CancellationToken ended)
    {
        // It is never disposed: that would end the connection politely.
        var secret = await SecretStream.SecretStream.OpenAsync(stream, isInitiator: true, cancellationToken: ended);
        // An empty keep-alive takes the stream's header along, so that what follows is a frame.
        await secret.WriteAsync(ReadOnlyMemory<byte>.Empty, ended);
        await secret.FlushAsync(ended);
        await stream.WriteAsync(new byte[] { 0xff, 0xff, 0xff }, ended);
        await stream.WriteAsync(new byte[atFirst], ended);
        began();
        using var second = new PeriodicTimer(TimeSpan.FromSeconds(1));
        while (await second.WaitForNextTickAsync(ended)) await stream.WriteAsync(new byte[1], ended);
    }

    private async Task DeafAsync(NetworkStream stream, Action began, CancellationToken ended)
    {
        _socket.ReceiveBufferSize = 4_096;
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync(key, cancellationToken: ended);
        await using var connection = await SecretStream.SecretStream.OpenAsync(new DeafStream(stream, HeardByTheDeaf), isInitiator: true, cancellationToken: ended);
        await using var replication = store.Replicate(connection);
        began();
        using var download = core.Download();
        await replication.Closed.WaitAsync(ended);
    }

    private static async Task ReadToEndAsync(NetworkStream stream, CancellationToken ended)
    {
        var buffer = new byte[256];
        while (await stream.ReadAsync(buffer, ended) > 0)
        {
            // Whatever it says.
        }
    }
}
