using System.Net;
using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Life;

/// <summary>A server whose router changed its address: the nodes that relay for it answer, but see it elsewhere.</summary>
public sealed class AnnouncerTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Listen_RelaySeesUsElsewhere_AnnouncesAnewLongBeforeTheNextTurn()
    {
        await using var relay = new Relay();
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = [relay.Address], Ephemeral = true, IsFirewalled = true }, Token);
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        await using var server = node.CreateServer();
        await server.ListenAsync(pair, Token).AsTask().WaitAsync(Patience, Token);
        var first = await relay.Announced.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

        relay.SeesElsewhere = true;
        // The usual turn comes after five minutes.
        var second = await relay.Announced.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(first.WithPort(first.Port ^ 1), second);
    }

    /// <summary>A network of one node, which may see everybody at another port than before.</summary>
    private sealed class Relay : IAsyncDisposable
    {
        private static readonly Bytes32 AToken = new([.. Enumerable.Repeat((byte)3, 32)]);

        private readonly UdxHost _host = new();
        private readonly UdxSocket _socket;
        private readonly Channel<UdpAddress> _announced = Channel.CreateUnbounded<UdpAddress>();

        public Relay()
        {
            _socket = _host.Bind(UdpAddress.FromIPv4(0x7f000001, 0));
            _socket.SetDatagramHandler(Handle);
        }

        public UdpAddress Address => _socket.LocalAddress;

        public bool SeesElsewhere { get; set; }

        public ChannelReader<UdpAddress> Announced => _announced.Reader;

        public ValueTask DisposeAsync() => _host.DisposeAsync();

        private void Handle(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from)
        {
            if (!RpcRequest.TryDecode(bytes, out var request)) return;
            var seen = SeesElsewhere ? from.WithPort(from.Port ^ 1) : from;
            if (!request.IsInternal && request.Command == DhtCommand.Announce) _announced.Writer.TryWrite(seen);
            var token = request.Target is null ? default(Bytes32?) : AToken;
            socket.TrySend(new RpcResponse(request.TransactionId, seen, NodeId.Of(Address), token, [], 0, null).Encode(), from);
        }
    }
}
