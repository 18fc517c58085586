using System.Diagnostics;
using System.Net;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.TcpRelay;
using Nashi.TestKit;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Life;

/// <summary>Nodes in a network that blocks UDP, on real sockets.</summary>
public sealed class DetourTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TcpRelayServerOptions Local = new() { Listen = new IPEndPoint(IPAddress.Loopback, 0), UdpHost = IPAddress.Loopback, AllowPrivate = true };

    private readonly List<IAsyncDisposable> _all = [];
    private readonly KeyPair _pair = KeyPair.Generate(SystemRandom.Instance);
    private readonly FakeWatch _watch = new();
    private TestNetwork _network = null!;
    private bool _isBlocked = true;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _network = await TestNetwork.CreateAsync(cancellationToken: Token);

    public async ValueTask DisposeAsync()
    {
        for (var i = _all.Count - 1; i >= 0; i--) await _all[i].DisposeAsync();
        await _network.DisposeAsync();
        _pair.Dispose();
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Connect_UdpBlocked_GoesRoundByTheRelay(bool isClientBlocked, bool isHostBlocked)
    {
        var relay = StartRelay();
        var host = isHostBlocked ? await BlockedAsync(relay) : await OpenAsync();
        var client = isClientBlocked ? await BlockedAsync(relay) : await OpenAsync();
        var (near, far) = await ConnectAsync(client, host);

        await CarryAsync(near, far, 256 << 10);
        await CarryAsync(far, near, 256 << 10);
        Assert.Equal(isClientBlocked ? relay.PublicKey : null, near.GetInfo().TcpRelay?.Key);
        Assert.Equal(isHostBlocked ? relay.PublicKey : null, far.GetInfo().TcpRelay?.Key);
        Assert.Equal(isClientBlocked ? relay.PublicKey : null, client.TcpRelay?.Key);
    }

    [Fact]
    public async Task Connect_UdpBlockedAndNoRelay_SaysSo()
    {
        var node = await StartAsync(Blocked());
        var error = await Assert.ThrowsAsync<NetworkUnreachableException>(() => node.ConnectAsync(_pair.PublicKey, cancellationToken: Token).AsTask());
        Assert.Equal(("NETWORK_UNREACHABLE", 0), (error.Code, error.TcpRelays));
    }

    [Fact]
    public async Task Connect_UdpBlockedAndTheRelayDead_SaysWhy()
    {
        var relay = StartRelay();
        var link = relay.LinkFor("127.0.0.1");
        await relay.DisposeAsync();
        var node = await StartAsync(Blocked(link));
        var error = await Assert.ThrowsAsync<NetworkUnreachableException>(() => node.ConnectAsync(_pair.PublicKey, cancellationToken: Token).AsTask());
        Assert.Equal("RELAY_UNREACHABLE", Assert.IsType<TcpRelayException>(error.InnerException).Code);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.False(node.IsOnline && node.GetStats().Answered > 0);
    }

    [Fact]
    public async Task Relay_WelcomesAndForwardsNothing_IsLeftForAnother()
    {
        var (useless, good) = (TcpRelayServer.Start(_pair, Local with { AllowPrivate = false }), StartRelay());
        _all.Add(useless);
        // Whichever welcomes it first: in the end there is one by which somebody answers.
        var client = await StartAsync(Blocked(useless.LinkFor("127.0.0.1"), good.LinkFor("127.0.0.1")));
        for (var began = Stopwatch.StartNew(); client.GetStats().Answered == 0 && began.Elapsed < Patience;) await Task.Yield();
        var (near, far) = await ConnectAsync(client, await OpenAsync());
        await CarryAsync(near, far, 100_000);
        Assert.Equal(good.PublicKey, client.TcpRelay?.Key);
    }

    [Fact]
    public async Task Relay_Dies_TheNextTakesOverAndTheConnectionGoesOn()
    {
        var (first, second) = (StartRelay(), StartRelay());
        var client = await BlockedAsync(first, second);
        var (near, far) = await ConnectAsync(client, await OpenAsync());
        await CarryAsync(near, far, 100_000);

        var (dying, other) = client.TcpRelay!.Key == first.PublicKey ? (first, second) : (second, first);
        await dying.DisposeAsync();
        await CarryAsync(near, far, 100_000);
        await CarryAsync(far, near, 100_000);
        Assert.Equal(other.PublicKey, client.TcpRelay?.Key);
    }

    [Fact]
    public async Task Udp_WorksAgain_IsUsedAgainAndTheConnectionGoesOn()
    {
        var client = await BlockedAsync(StartRelay());
        var host = await OpenAsync();
        var (near, far) = await ConnectAsync(client, host);
        await CarryAsync(near, far, 100_000);

        Volatile.Write(ref _isBlocked, false);
        var changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.NetworkChanged += node =>
        {
            if (node.TcpRelay is null) changed.TrySetResult();
        };
        _watch.Raise();
        await changed.Task.WaitAsync(Patience, Token);
        await CarryAsync(near, far, 100_000);
        await CarryAsync(far, near, 100_000);
        Assert.NotNull(near.GetInfo().TcpRelay);

        await using var straight = await client.ConnectAsync(_pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(_pair.PublicKey, straight.RemotePublicKey);
    }

    [Fact]
    public async Task Relay_ThatWorked_IsRemembered()
    {
        var relay = StartRelay();
        using var folder = new TempFolder();
        var cache = new FileNodeCache(folder.Path);
        await using (await BlockedAsync(cache, relay))
        {
        }

        await using var node = await BlockedAsync(cache);
        Assert.Equal(relay.PublicKey, node.TcpRelay?.Key);
    }

    private async Task CarryAsync(DhtConnection from, DhtConnection to, int count)
    {
        var sent = RandomNumberGenerator.GetBytes(count);
        var sending = SendAsync(from, sent);
        var received = new List<byte>(count);
        while (received.Count < count)
        {
            var read = await to.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            Assert.False(read.IsCompleted, to.Stream.Closed.IsCompleted ? (await to.Stream.Closed).ToString() : "ended");
            received.AddRange(read.Message.Span);
        }

        await sending.WaitAsync(Patience, Token);
        Assert.Equal(sent, received);
    }

    // In small messages: a stream follows its remote to another address once a whole message from there is found authentic.
    private static async Task SendAsync(DhtConnection connection, byte[] bytes)
    {
        const int Size = 1000;
        for (var sent = 0; sent < bytes.Length; sent += Size) await connection.Stream.WriteAsync(bytes.AsMemory(sent, Math.Min(Size, bytes.Length - sent)), Token);
    }

    private async Task<(DhtConnection Near, DhtConnection Far)> ConnectAsync(DhtNode client, DhtNode host)
    {
        var server = host.CreateServer();
        await server.ListenAsync(_pair, Token).AsTask().WaitAsync(Patience, Token);
        var near = await client.ConnectAsync(_pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        var far = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        _all.AddRange([near, far]);
        return (near, far);
    }

    private TcpRelayServer StartRelay()
    {
        using var keyPair = KeyPair.Generate(SystemRandom.Instance);
        var relay = TcpRelayServer.Start(keyPair, Local);
        _all.Add(relay);
        return relay;
    }

    private DhtOptions Blocked(params TcpRelayLink[] relays) => new()
    {
        Ephemeral = true,
        TcpRelays = relays,
        Network = _watch,
        OpenSocket = (local, options) => new BlockedSocket(DatagramSockets.Bind(local, options), () => Volatile.Read(ref _isBlocked)),
    };

    private Task<DhtNode> BlockedAsync(params TcpRelayServer[] relays) => BlockedAsync(null, relays);

    private async Task<DhtNode> BlockedAsync(INodeCache? cache, params TcpRelayServer[] relays)
    {
        var node = await StartAsync(Blocked([.. relays.Select(relay => relay.LinkFor("127.0.0.1"))]) with { Cache = cache });
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(node.GetStats().Answered > 0);
        return node;
    }

    private Task<DhtNode> OpenAsync() => StartAsync(new DhtOptions { Ephemeral = true });

    private async Task<DhtNode> StartAsync(DhtOptions options)
    {
        var node = await DhtNode.StartAsync(options with { Host = IPAddress.Loopback, Port = 0, Bootstrap = _network.Bootstrap }, Token);
        _all.Add(node);
        return node;
    }

    private sealed class FakeWatch : INetworkWatch
    {
        public event Action? Changed;

        public IReadOnlyList<IPAddress> GetAddresses() => [];

        public void Raise() => Changed?.Invoke();
    }
}
