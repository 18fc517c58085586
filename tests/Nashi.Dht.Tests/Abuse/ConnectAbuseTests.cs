using System.Buffers;
using System.Diagnostics;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Relaying;
using Nashi.Dht.Rpc;
using Nashi.Dht.Tests.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Abuse;

/// <summary>threats.md §3 rows 7, 11 and 46: lists of nodes, handshakes and relays of strangers.</summary>
public sealed class ConnectAbuseTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly FakeNet _net = FakeNet.Start();
    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _host = KeyPair.Generate(SystemRandom.Instance);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(21)]
    [InlineData(200)]
    [InlineData(10_000)]
    public void Row07_CloserNodesByTheThousand_AreCutToTwenty(int count)
    {
        var many = Enumerable.Range(1, count).Select(i => UdpAddress.FromIPv4(0x2d000000 + (uint)i, 7)).ToArray();
        var bytes = new RpcResponse(1, many[0], null, null, many, 0, null).Encode();
        var before = GC.GetAllocatedBytesForCurrentThread();
        if (RpcResponse.TryDecode(bytes, out var response)) Assert.InRange(response.Closer.Count, 0, RpcResponse.MaxCloser);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4096);
    }

    [Fact]
    public async Task Row11_ForgedHandshakesInARow_AnHonestPeerStillConnects()
    {
        var host = _net.AddNode(isFirewalled: false);
        await using var server = host.CreateServer();
        await server.ListenAsync(_host, Token);
        var random = new SeededRandom(41);
        for (var i = 0; i < 3000; i++)
        {
            var noise = new byte[200];
            random.Fill(noise);
            _client.PublicKey.Value.AsSpan().CopyTo(noise);
            server.HandleHandshake(new HandshakeMessage(RouteMode.FromClient, noise), new Stranger(host, UdpAddress.FromIPv4(0x2d000000 + (uint)(i % 50), 9)));
            server.HandleHolepunch(new HolepunchMessage(RouteMode.FromRelay, (ulong)(i % 300), noise, UdpAddress.FromIPv4(0x2d000001, 9)), new Stranger(host, default));
        }

        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(_client.PublicKey, theirs.RemotePublicKey);
        Assert.Equal(0, host.ServerSocket.HandlerFaults);
    }

    [Fact]
    public void Row11_AHundredThousandDistinctHandshakes_TakeABoundedPlace()
    {
        var table = new HandshakeTable<object>(1024, 256);
        var noise = new byte[32];
        var now = Instant.Zero;
        for (var i = 0; i < 100_000; i++)
        {
            BitConverter.TryWriteBytes(noise, i);
            now += TimeSpan.FromMilliseconds(0.1);
            var id = table.TryAdd(noise, UdpAddress.FromIPv4((uint)i, 7), _ => new object(), now);
            if (id is { } finished && i % 2 == 0) table.Release(finished, now);
        }

        Assert.InRange(table.Count, 1, 2048);
        table.Expire(now + TimeSpan.FromMinutes(2));
        Assert.Equal(0, table.Count);
    }

    [Fact]
    public async Task Row11_ValidHandshakesOfClientsThatNeverCome_KeepFewConnections()
    {
        var host = _net.AddNode(isFirewalled: false);
        await using var server = host.CreateServer(new DhtServerOptions { MaxHandshakes = 16 });
        await server.ListenAsync(_host, Token);
        for (var i = 1u; i <= 100; i++)
        {
            var from = UdpAddress.FromIPv4(0x2d000000 + i, 9);
            server.HandleHandshake(new HandshakeMessage(RouteMode.FromClient, Hello(i)), new Stranger(host, from));
            Assert.Equal(_client.PublicKey, (await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token)).RemotePublicKey);
        }

        // The hundredth is offered a moment before the oldest is given up.
        Assert.InRange(host.Udx.StreamCount, 1, 9);
        await using var ours = await _net.AddNode().ConnectAsync(_host.PublicKey, _client).WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(_client.PublicKey, theirs.RemotePublicKey);
    }

    [Fact]
    public void Row46_TenThousandPairRequests_StayWithinTheLimitsAndAreForgotten()
    {
        var table = new PairTable(1000, 64, TimeSpan.FromSeconds(30));
        var random = new SeededRandom(42);
        var refused = 0;
        for (var i = 0; i < 10_000; i++)
        {
            Bytes32 token = default;
            random.Fill(token);
            refused += table.Pair(new PairSeat(i % 100, i % 2 == 0, (uint)i), token, Instant.Zero, out _) == PairOutcome.Refused ? 1 : 0;
        }

        Assert.Equal(1000, table.WaitingCount);
        Assert.Equal(9000, refused);
        Assert.All(Enumerable.Range(0, 100), session => Assert.InRange(table.CountOf(session), 0, 64));
        Assert.Equal(1000, table.Expire(Instant.Zero + TimeSpan.FromSeconds(30)).Count);
        Assert.Equal(0, table.WaitingCount + table.CountOf(0));
    }

    [Fact]
    public void Row46_AnothersPairing_CanBeNeitherTakenNorEnded()
    {
        var table = new PairTable(10, 10, TimeSpan.FromSeconds(30));
        Bytes32 token = new([.. Enumerable.Repeat((byte)1, 32)]);
        Assert.Equal(PairOutcome.Waiting, table.Pair(new PairSeat(1, true, 1), token, Instant.Zero, out _));
        Assert.False(table.TryRemove(3, token, out _));
        Assert.Equal(PairOutcome.Matched, table.Pair(new PairSeat(2, false, 2), token, Instant.Zero, out _));
        Assert.Equal(PairOutcome.Repeated, table.Pair(new PairSeat(3, true, 3), token, Instant.Zero, out _));
        Assert.Equal(PairOutcome.Repeated, table.Pair(new PairSeat(3, false, 3), token, Instant.Zero, out _));
        Assert.False(table.TryRemove(3, token, out _));
        Assert.Empty(table.TokensOf(3));
        Assert.Equal(1, table.ActiveCount);
    }

    [Fact]
    public void Row46_Rate_IsKeptWhateverTheBurst()
    {
        var bucket = new TokenBucket(100_000, Instant.Zero);
        var passed = 0L;
        for (var millisecond = 0; millisecond < 10_000; millisecond++)
        {
            for (var i = 0; i < 10; i++) passed += bucket.TryTake(1400, Instant.Zero + TimeSpan.FromMilliseconds(millisecond)) ? 1400 : 0;
        }

        Assert.InRange(passed, 900_000, 1_000_000 + (64 * 1024));
    }

    [Fact]
    public async Task Row46_ClientThatAsksAndReadsNothing_IsClosed()
    {
        using var relayKeys = KeyPair.Generate(SystemRandom.Instance);
        var node = _net.AddNode(isFirewalled: false);
        await using var relay = await BlindRelayServer.StartAsync(node, node.CreateServer, relayKeys, new BlindRelayOptions { MaxPairsPerSession = 1 }, Token);
        var guest = _net.AddNode();
        await using var connection = await guest.ConnectAsync(relayKeys.PublicKey, _client).WaitAsync(Patience, Token);
        await using var mux = new Protomux.Mux(connection.Stream);
        var channel = mux.TryOpen(new Protomux.ChannelOptions { Protocol = RelayMessage.Protocol, Id = _client.PublicKey.Value.ToArray(), Handler = new Deaf() })!;
        var random = new SeededRandom(43);
        Bytes32 token = default;
        mux.Start();
        for (var began = Stopwatch.StartNew(); relay.GetStats() is not { Malformed: > 0, Sessions: 0 } && began.Elapsed < Patience;)
        {
            random.Fill(token);
            if (!channel.Send(RelayMessage.Pair, new PairMessage(true, token, 1).Encode())) await Task.Yield();
            Assert.InRange(relay.GetStats().Waiting, 0, 1);
        }

        Assert.Equal((1, 0), (relay.GetStats().SessionsTotal, relay.GetStats().Sessions));
        Assert.InRange(relay.GetStats().Malformed, 1, long.MaxValue);
    }

    public async ValueTask DisposeAsync()
    {
        await _net.DisposeAsync();
        _client.Dispose();
        _host.Dispose();
    }

    // Never hears of anything: its handler does not come back.
    private sealed class Deaf : Protomux.IChannelHandler
    {
        public void OnOpen(Protomux.Channel channel, ReadOnlySpan<byte> handshake)
        {
        }

        public ValueTask OnMessageAsync(Protomux.Channel channel, int type, ReadOnlyMemory<byte> payload) => new(Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, Token));

        public void OnDrain(Protomux.Channel channel)
        {
        }

        public void OnClose(Protomux.Channel channel, bool isRemote)
        {
        }
    }

    private byte[] Hello(uint stream)
    {
        using var noise = NoiseHandshake.StartIK(true, _client, _host.PublicKey, ConnectCommands.Prologue.AsSpan(), SystemRandom.Instance);
        var payload = new PeerPayload { Firewall = NatKind.Open, Stream = new StreamOffer(stream), SecretStreamVersion = 1 };
        var hello = new ArrayBufferWriter<byte>();
        Assert.True(noise.TryWriteMessage(payload.Encode(), hello));
        return hello.WrittenSpan.ToArray();
    }

    private sealed class Stranger(FakeNode at, UdpAddress from) : IPeerRequest
    {
        public UdpAddress From => from;

        public UdpAddress Seen => at.Address;

        public UdxSocket Socket => at.ServerSocket;

        public void Respond(byte[]? value, UdpAddress to, bool withCloserNodes, UdxSocket? socket)
        {
        }

        public void Forward(byte[] value, UdpAddress to, UdxSocket? socket)
        {
        }
    }
}
