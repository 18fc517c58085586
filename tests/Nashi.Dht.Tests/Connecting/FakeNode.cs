using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>One node of a <see cref="FakeNet"/>.</summary>
internal sealed class FakeNode : IConnectNode, IAsyncDisposable
{
    // Long enough for a busy machine.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    private readonly Lock _gate = new();
    private readonly FakeNet _net;

    public FakeNode(FakeNet net)
    {
        _net = net;
        Udx = new UdxHost();
        ServerSocket = Udx.Bind(UdpAddress.FromIPv4(0x7f000001, 0));
        ServerSocket.SetDatagramHandler((_, _, _) => { });
        Exchange = new PeerExchange(Clock, Forwards, _gate);
        Connector = new PeerConnector(this, Exchange);
    }

    public ForwardTable Forwards { get; } = new(100, TimeSpan.FromMinutes(20));

    public PeerExchange Exchange { get; }

    public PeerConnector Connector { get; }

    public UdpAddress Address => ServerSocket.LocalAddress;

    /// <summary>Whether it answers handshakes with noise instead of passing them on.</summary>
    public bool Lies { get; set; }

    /// <summary>Whether pings find nobody.</summary>
    public bool HidesFromPings { get; set; }

    /// <summary>What punch messages wait for before they are handled.</summary>
    public Task PunchesAfter { get; set; } = Task.CompletedTask;

    /// <summary>What its pings of neighbours wait for.</summary>
    public Task NeighboursAfter { get; set; } = Task.CompletedTask;

    /// <summary>Whether it knows nobody who could tell where its sockets are seen.</summary>
    public bool IsLonely { get; set; }

    /// <summary>What a search finds late.</summary>
    public Bytes32? LateTarget { get; set; }

    /// <summary>What such a search waits for.</summary>
    public Task SearchesAfter { get; set; } = Task.CompletedTask;

    /// <summary>Whom it was told to admit, and where.</summary>
    public ConcurrentQueue<(PublicKey Peer, UdpAddress At)> Admitted { get; } = new();

    public void Admit(PublicKey peer, UdpAddress at) => Admitted.Enqueue((peer, at));

    public TimeProvider Clock => TimeProvider.System;

    public IRandom Random => SystemRandom.Instance;

    public KeyPair DefaultKeyPair { get; } = KeyPair.Generate(SystemRandom.Instance);

    public UdxHost Udx { get; }

    public UdxSocket DefaultSocket => ServerSocket;

    public UdxSocket ServerSocket { get; }

    public bool IsFirewalled { get; init; } = true;

    public PunchLimits Punches { get; } = new(PunchLimits.DefaultPause);

    public UdpAddress? PublicAddress => IsFirewalled ? null : Address;

    public IReadOnlyList<UdpAddress> LocalAddresses => [Address];

    public IReadOnlyList<UdpAddress> SomeNodes(int count) => IsLonely ? [] : [.. _net.Relays.Select(relay => relay.Address).Take(count)];

    public DhtServer CreateServer(DhtServerOptions? options = null) => Connector.CreateServer(options ?? DhtServerOptions.Default);

    public Task<DhtConnection> ConnectAsync(PublicKey peer, KeyPair keyPair, DhtConnectOptions? options = null) =>
        Connector.ConnectAsync(peer, keyPair, options ?? DhtConnectOptions.Default, TestContext.Current.CancellationToken);

    public void SetForward(Bytes32 target, UdpAddress source)
    {
        lock (_gate) Forwards.Set(target, source, Instant.Now(Clock));
    }

    public async Task<NodeReply?> RequestAsync(
        ulong command, Bytes32 target, byte[] value, UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken)
    {
        var from = (socket ?? ServerSocket).LocalAddress;
        _net.Register(from, this);
        var transaction = new FakeTransaction(from, to);
        _net.Carry(transaction, command, target, value, from, to);
        try
        {
            return await transaction.Reply.WaitAsync(Patience, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public async Task<NodeReply?> PingAsync(UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken)
    {
        await Task.Yield();
        if (socket is null) await NeighboursAfter.WaitAsync(cancellationToken);
        return _net.Find(to) is { HidesFromPings: false } ? new NodeReply(to, (socket ?? ServerSocket).LocalAddress, null) : null;
    }

    public async IAsyncEnumerable<UdpAddress> FindPeerAsync(
        Bytes32 target, IReadOnlyList<UdpAddress> seeds, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (target == LateTarget) await SearchesAfter.WaitAsync(cancellationToken);
        foreach (var node in _net.WhoKnows(target)) yield return node.Address;
    }

    public void HandleDatagram(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from)
    {
    }

    public Task<IServerAnnouncer> AnnounceServerAsync(KeyPair keyPair, CancellationToken cancellationToken)
    {
        var target = ConnectCommands.TargetOf(keyPair.PublicKey);
        _net.Announce(target, Address);
        return Task.FromResult<IServerAnnouncer>(new Announcer(_net, target, Address));
    }

    public void Handle(FakeTransaction transaction, ulong command, Bytes32 target, byte[] value, UdpAddress from, UdpAddress at)
    {
        var request = new Request(_net, this, transaction, command, target, from, at);
        if (Lies) transaction.Respond(new HandshakeMessage(RouteMode.Reply, new byte[100], from).Encode(), at, transaction.Asker);
        else if (command == ConnectCommands.Handshake) Exchange.HandleHandshake(target, value, request);
        else if (command == ConnectCommands.Holepunch) _ = PunchAsync(target, value, request);
    }

    private async Task PunchAsync(Bytes32 target, byte[] value, Request request)
    {
        await PunchesAfter;
        Exchange.HandleHolepunch(target, value, request);
    }

    public async ValueTask DisposeAsync() => await Udx.DisposeAsync();

    private sealed class Request(FakeNet net, FakeNode node, FakeTransaction transaction, ulong command, Bytes32 target, UdpAddress from, UdpAddress at)
        : IPeerRequest
    {
        public UdpAddress From => from;

        public UdpAddress Seen => at;

        public UdxSocket Socket => node.ServerSocket;

        public void Respond(byte[]? value, UdpAddress to, bool withCloserNodes, UdxSocket? socket) => transaction.Respond(value, at, to);

        public void Forward(byte[] value, UdpAddress to, UdxSocket? socket)
        {
            var sender = (socket ?? node.ServerSocket).LocalAddress;
            net.Register(sender, node);
            net.Carry(transaction, command, target, value, sender, to);
        }
    }

    private sealed class Announcer(FakeNet net, Bytes32 target, UdpAddress self) : IServerAnnouncer
    {
        public IReadOnlyList<RelayRoute> Relays => [.. net.Relays.Take(3).Select(relay => new RelayRoute(relay.Address, self))];

        public IReadOnlyList<UdpAddress> RelayAddresses => [.. net.Relays.Take(3).Select(relay => relay.Address)];

        public bool IsRelay(UdpAddress node) => Relays.Any(route => route.Relay == node);

        public ValueTask DisposeAsync()
        {
            net.Unannounce(target);
            return default;
        }
    }
}
