using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TestKit;
using Nashi.Udx;

namespace Nashi.TcpRelay.Tests;

public sealed class RelayTests
{
    private static readonly UdpAddress Loopback = UdpAddress.FromIPv4(0x7f000001, 0);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TcpRelayServerOptions Local = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), UdpHost = IPAddress.Loopback, AllowPrivate = true };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Detour_UdpBlocked_StreamCarriesMegabytesBothWays(bool isUpload)
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local with { SessionRate = 0 });
        await using var connection = await TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"), cancellationToken: Token);
        var detour = Blocked(() => true);
        await using var blocked = new UdxHost(new UdxOptions { OpenSocket = detour.Open });
        await using var open = new UdxHost();
        var (near, far) = (blocked.Bind(Loopback), open.Bind(Loopback));
        detour.Take(connection);
        var seen = new TaskCompletionSource<UdpAddress>(TaskCreationOptions.RunContinuationsAsynchronously);
        far.SetDatagramHandler((_, _, from) => seen.TrySetResult(from));
        Assert.True(near.TrySend([0], far.LocalAddress));
        var port = await seen.Task.WaitAsync(Patience, Token);
        Assert.NotEqual(near.LocalAddress, port);

        var (a, b) = (blocked.CreateStream(1), open.CreateStream(2));
        a.Connect(near, 2, far.LocalAddress);
        b.Connect(far, 1, port);
        var (sender, receiver) = isUpload ? (a, b) : (b, a);
        var bytes = RandomNumberGenerator.GetBytes(8 << 20);
        var sending = SendAsync(sender, bytes);
        var received = new byte[bytes.Length];
        await receiver.ReadExactlyAsync(received, Token).AsTask().WaitAsync(Patience, Token);
        await sending.WaitAsync(Patience, Token);
        Assert.Equal(bytes, received);
        Assert.Equal(relay.PublicKey, detour.RelayTo(far.LocalAddress)?.Key);
        var stats = relay.GetStats();
        Assert.True(stats is { Sessions: 1, Channels: 1, Malformed: 0, Forbidden: 0, Foreign: 0 }, stats.ToString());
        Assert.True((isUpload ? stats.BytesOut : stats.BytesIn) > bytes.Length);
    }

    [Fact]
    public async Task Detour_Left_StreamStaysAndTheRestGoesStraight()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local);
        await using var connection = await TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"), cancellationToken: Token);
        var isBlocked = true;
        var detour = Blocked(() => Volatile.Read(ref isBlocked));
        using var socket = detour.Open(Loopback, DatagramOptions.Default);
        using var far = DatagramSockets.Bind(Loopback);
        detour.Take(connection);
        byte[] knock = [0], packet = [0xff, 1, .. new byte[30]];
        Assert.True(socket.Send(packet, packet.Length, far.LocalAddress));
        var relayed = Receive(far).From;
        Assert.True(far.Send(packet, packet.Length, relayed));
        Assert.Equal(far.LocalAddress, Receive(socket).From);

        isBlocked = false;
        detour.Leave();
        Assert.True(detour.HasStreams);
        Assert.True(socket.Send(packet, packet.Length, far.LocalAddress));
        Assert.Equal(relayed, Receive(far).From);
        Assert.True(socket.Send(knock, 1, far.LocalAddress));
        Assert.Equal(socket.LocalAddress, Receive(far).From);

        detour.Drop(connection);
        Assert.False(detour.HasStreams);
        Assert.True(socket.Send(packet, packet.Length, far.LocalAddress));
        Assert.Equal(socket.LocalAddress, Receive(far).From);
    }

    [Fact]
    public async Task Connection_RelayCloses_EndsWithTheReason()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        var relay = TcpRelayServer.Start(keyPair, Local);
        await using var connection = await TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"), cancellationToken: Token);
        await relay.DisposeAsync();
        Assert.Equal(TcpRelayEnd.Closed, await connection.Ended.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task ConnectAsync_AnotherKeyInTheLink_IsNotAuthentic()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        using var other = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local);
        var link = relay.LinkFor("127.0.0.1") with { Key = other.PublicKey };
        var error = await Assert.ThrowsAsync<TcpRelayException>(() => TcpRelayConnection.ConnectAsync(link, cancellationToken: Token).AsTask());
        Assert.Equal("RELAY_NOT_AUTHENTIC", error.Code);
    }

    [Fact]
    public async Task ConnectAsync_PrivateRelay_WantsItsSecret()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local with { Secret = new Bytes32(RandomNumberGenerator.GetBytes(32)) });
        var link = relay.LinkFor("127.0.0.1");
        await using var connection = await TcpRelayConnection.ConnectAsync(link, cancellationToken: Token);
        foreach (var secret in new Bytes32?[] { null, new Bytes32(RandomNumberGenerator.GetBytes(32)) })
        {
            var error = await Assert.ThrowsAsync<TcpRelayException>(() => TcpRelayConnection.ConnectAsync(link with { Secret = secret }, cancellationToken: Token).AsTask());
            Assert.Equal(("RELAY_REFUSED", TcpRelayEnd.Unauthorized), (error.Code, error.End));
        }
    }

    [Fact]
    public async Task ConnectAsync_FullRelay_SaysSo()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local with { MaxSessionsPerHost = 1 });
        await using var connection = await TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"), cancellationToken: Token);
        var error = await Assert.ThrowsAsync<TcpRelayException>(() => TcpRelayConnection.ConnectAsync(relay.LinkFor("127.0.0.1"), cancellationToken: Token).AsTask());
        Assert.Equal(("RELAY_REFUSED", TcpRelayEnd.Full, true), (error.Code, error.End, error.IsTransient));
        Assert.Equal(1, relay.GetStats().Refused);
    }

    [Fact]
    public async Task ConnectAsync_NobodyThere_IsUnreachable()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        using var taken = new Socket(SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var link = new TcpRelayLink(keyPair.PublicKey, "127.0.0.1", ((IPEndPoint)taken.LocalEndPoint!).Port);
        var error = await Assert.ThrowsAsync<TcpRelayException>(() => TcpRelayConnection.ConnectAsync(link, cancellationToken: Token).AsTask());
        Assert.Equal("RELAY_UNREACHABLE", error.Code);
    }

    [Fact]
    public async Task Server_ClientThatSaysNothing_IsClosed()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local with { HelloTimeout = TimeSpan.FromMilliseconds(200) });
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(relay.LocalEndPoint, Token);
        Assert.Equal(0, await socket.ReceiveAsync(new byte[16], Token).AsTask().WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task Server_NotTls_IsClosedAndCounted()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        await using var relay = TcpRelayServer.Start(keyPair, Local);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(relay.LocalEndPoint, Token);
        await socket.SendAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray(), Token);
        var buffer = new byte[1024];
        while (await TryReadAsync(socket, buffer) > 0) Assert.True(socket.Connected);
        Assert.Equal(0, relay.GetStats().Sessions);
    }

    private static async Task<int> TryReadAsync(Socket socket, byte[] buffer)
    {
        try
        {
            return await socket.ReceiveAsync(buffer, Token).AsTask().WaitAsync(Patience, Token);
        }
        catch (SocketException)
        {
            return 0;
        }
    }

    private static Detour Blocked(Func<bool> isBlocked) => new((local, options) => new BlockedSocket(DatagramSockets.Bind(local, options), isBlocked));

    private static async Task SendAsync(UdxStream stream, byte[] bytes)
    {
        await stream.WriteAsync(bytes, Token);
        await stream.DrainedAsync();
    }

    private static (byte[] Bytes, UdpAddress From) Receive(IDatagramSocket socket)
    {
        (byte[] Bytes, UdpAddress From)? got = null;
        for (var i = 0; i < 60 && got is null; i++)
        {
            socket.Wait(TimeSpan.FromSeconds(1));
            socket.Receive((datagram, from) => got ??= (datagram.ToArray(), from));
        }

        return got ?? throw new TimeoutException("Nothing came.");
    }
}
