using System.Net;
using System.Net.Sockets;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.TestKit;
using static Nashi.SecretStream.Tests.StreamKit;

namespace Nashi.SecretStream.Tests.Interop;

/// <summary>A live peer of the reference over TCP on this machine.</summary>
public sealed class SecretStreamInteropTests
{
    private readonly KeyPair _ours = KeyPair.FromSeed(Filled(32, 8));

    [Theory]
    [InlineData(true, HandshakePattern.XX)]
    [InlineData(false, HandshakePattern.XX)]
    [InlineData(true, HandshakePattern.IK)]
    [InlineData(false, HandshakePattern.IK)]
    public async Task Stream_Reference_EchoesBurstsAndEnds(bool weInitiate, HandshakePattern pattern)
    {
        await using var peer = JsPeer.Start(
            "secretstream-peer.cjs", "listen", $"initiator={(weInitiate ? 0 : 1)}", $"pattern={pattern}", $"remote={Hex.Encode(_ours.PublicKey.ToArray())}");
        var listening = await peer.NextAsync("listening");
        await using var stream = await ConnectAsync(listening.GetProperty("port").GetInt32(), weInitiate, pattern, new PublicKey(listening.Bytes("key")));
        var open = await peer.NextAsync("open");
        Assert.Equal(open.Bytes("hash"), stream.HandshakeHash.ToArray());
        Assert.Equal(open.Bytes("remote"), stream.LocalPublicKey.ToArray());

        foreach (var size in new[] { 0, 1, 1000, 65536, 1_000_000 })
        {
            _ = stream.Write(Filled(size, (byte)size));
            Assert.Equal(Filled(size, (byte)size), await stream.NextAsync());
        }

        _ = stream.Write("burst"u8);
        for (var i = 0; i < 500; i++) Assert.Equal(Filled(i * 37, (byte)i), await stream.NextAsync());
        _ = stream.Write("big"u8);
        Assert.Equal(IMessageStream.MaxMessageSize, (await stream.NextAsync())!.Length);
        _ = stream.Write("end"u8);
        Assert.Null(await stream.NextAsync());
        await stream.EndAsync();
        Assert.Equal(CloseKind.Ended, (await stream.WhyAsync()).Kind);
        _ = await peer.NextAsync("close");
    }

    [Fact]
    public async Task Stream_WeEndFirst_ReferenceEndsToo()
    {
        await using var peer = JsPeer.Start("secretstream-peer.cjs", "listen", "initiator=0", "keepalive=50");
        var listening = await peer.NextAsync("listening");
        await using var stream = await ConnectAsync(listening.GetProperty("port").GetInt32(), true, HandshakePattern.XX, new PublicKey(listening.Bytes("key")));
        Assert.Empty((await stream.NextAsync())!);
        await stream.EndAsync();
        _ = await peer.NextAsync("end");
        while (await stream.NextAsync() is { } message) Assert.Empty(message);
        _ = await peer.NextAsync("close");
    }

    [Fact]
    public async Task Stream_WrongKey_ReferenceRefusesOrWeDo()
    {
        await using var peer = JsPeer.Start("secretstream-peer.cjs", "listen", "initiator=0", "pattern=IK");
        var listening = await peer.NextAsync("listening");
        _ = await Assert.ThrowsAsync<SecretStreamHandshakeException>(
            () => ConnectAsync(listening.GetProperty("port").GetInt32(), true, HandshakePattern.IK, _ours.PublicKey));
        _ = await peer.NextAsync("error");
    }

    private async Task<SecretStream> ConnectAsync(int port, bool weInitiate, HandshakePattern pattern, PublicKey remote)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, port);
        var options = new SecretStreamOptions { KeyPair = _ours, Pattern = pattern, RemotePublicKey = remote };
        return await SecretStream.OpenAsync(new NetworkStream(socket, ownsSocket: true), weInitiate, options).AsTask().WaitAsync(Patience);
    }
}
