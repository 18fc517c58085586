using System.Collections.Concurrent;
using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Announcing;
using Nashi.Dht.Connecting;
using Nashi.Dht.Life;
using Nashi.Dht.Protocol;
using Nashi.Dht.Rpc;
using Nashi.TcpRelay;
using Nashi.Udx;

namespace Nashi.Dht;

/// <summary>A node of the DHT: finds peers by key and topic, announces, stores small records, and connects.</summary>
/// <remarks>
/// Owns two sockets, a core and a timer; born by <see cref="StartAsync"/>, dies by <see cref="DisposeAsync"/>. Thread-safe: the core is entered by one
/// thread at a time, and nothing of the user runs inside it.
/// </remarks>
public sealed partial class DhtNode : IAsyncDisposable, IDhtEvents
{
    private const int PortTries = 5;

    private readonly DhtOptions _options;
    private readonly DhtCore _core;
    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private readonly ConcurrentQueue<InboundRequest> _peerRequests = new();
    private readonly ConcurrentDictionary<Announcer, byte> _announcers = new();
    private readonly TaskCompletionSource _bootstrapped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closing = new();
    private readonly KeyPair? _ownKeyPair;
    private readonly UdpAddress _host;
    private volatile UdxSocket _client;
    private volatile UdxSocket _server;
    private Instant _wakesAt = Instant.Never;
    private bool _isClosed;
    private bool _isDown;

    // Relays are named or remembered; a node that knows none shares the threads that receive, which sockets with a second way in cannot.
    private static bool MayEverGoRound(DhtOptions options) => options.TcpRelays.Count > 0 || options.Cache is not null;

    private DhtNode(DhtOptions options)
    {
        _options = options;
        _ownKeyPair = options.KeyPair is null ? KeyPair.Generate(options.Random) : null;
        DefaultKeyPair = options.KeyPair ?? _ownKeyPair!;
        _detour = new Detour(options.OpenSocket, options.Clock);
        _detourCore = new DetourCore(Now());
        Udx = new UdxHost(new UdxOptions { Clock = options.Clock, OpenSocket = MayEverGoRound(options) ? _detour.Open : _detour.OpenStraight });
        _host = UdpAddress.From(new IPEndPoint(options.Host, 0));
        _server = BindServer(_host, options.Port);
        _client = Udx.Bind(_host);
        _core = new DhtCore(
            new DhtCoreOptions
            {
                ClientSocket = _client,
                ServerSocket = _server,
                ServerAddress = ServerAddress,
                Bootstrap = options.Bootstrap,
                MayBeFirst = options.BootstrapNames.Count == 0,
                IsEphemeral = options.Ephemeral,
                IsFirewalled = options.IsFirewalled,
                MaxWindow = options.MaxWindow,
                Records = options.Records,
            },
            this,
            options.Random,
            Now());
        _timer = options.Clock.CreateTimer(static node => ((DhtNode)node!).HandleTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _watchTimer = options.Clock.CreateTimer(static node => ((DhtNode)node!).Watch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _network = NetworkName.Of(options.Bootstrap, options.BootstrapNames);
    }

    /// <summary>Who this node is when it connects and no other pair is given.</summary>
    public KeyPair DefaultKeyPair { get; }

    /// <summary>Where the server socket is bound.</summary>
    public UdpAddress LocalAddress => _server.LocalAddress;

    /// <summary>Where others see us; port 0 when each sees another port; null when nobody has told yet.</summary>
    public UdpAddress? RemoteAddress => Enter((core, _) => core.PublicAddress);

    /// <summary>The streams and sockets.</summary>
    public UdxHost Udx { get; }

    /// <summary>Whether the first look around is over.</summary>
    public bool IsBootstrapped => _bootstrapped.Task.IsCompletedSuccessfully;

    /// <summary>Whether it does not serve others.</summary>
    public bool IsEphemeral => Enter((core, _) => core.IsEphemeral);

    /// <summary>Whether not everybody can reach us.</summary>
    public bool IsFirewalled => Enter((core, _) => core.IsFirewalled);

    /// <summary>Whether anybody answered lately.</summary>
    public bool IsOnline => Enter((core, _) => core.IsOnline);

    /// <summary>Raised, on any thread, when it begins or ceases to serve others or to be reachable.</summary>
    public event Action<DhtNode>? StandingChanged;

    /// <inheritdoc />
    ulong IDhtEvents.UnixMilliseconds => (ulong)_options.Clock.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Opens the sockets and begins to look around; <see cref="BootstrappedAsync"/> waits for the end of that.</summary>
    /// <exception cref="DatagramException">The address cannot be bound.</exception>
    public static async ValueTask<DhtNode> StartAsync(DhtOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        cancellationToken.ThrowIfCancellationRequested();
        BootstrapResolver.Check(options.BootstrapNames);
        var node = new DhtNode(options);
        try
        {
            await node.RememberAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        node._server.SetDatagramHandler(node.HandleDatagram);
        node._client.SetDatagramHandler(node.HandleDatagram);
        node.Enter((core, now) =>
        {
            core.Start(now);
            return true;
        });
        node.StartLan();
        node.StartWatching();
        Log.Started(options.Logger, node.LocalAddress);
        return node;
    }

    /// <summary>Waits until the node has looked around for the first time.</summary>
    public ValueTask BootstrappedAsync(CancellationToken cancellationToken = default) => new(_bootstrapped.Task.WaitAsync(cancellationToken));

    /// <summary>Counts.</summary>
    public DhtStats GetStats() => Enter((core, _) =>
    {
        var counters = core.Rpc.Counters;
        return new DhtStats(
            core.Table.Count, core.Records.Count, counters.Sent, counters.Answered, counters.Silent, counters.Received, counters.Malformed, counters.Unsolicited,
            counters.BadTokens, counters.Withheld);
    });

    /// <summary>Some nodes of the network, those heard of last first.</summary>
    public IReadOnlyList<UdpAddress> GetKnownNodes(int max) => Enter((core, _) => core.Table.Latest.Take(max).Select(node => node.Address).ToArray());

    /// <summary>Withdraws its servers and closes all that belongs to it.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
        }

        CloseLan();
        await StopWatchingAsync().ConfigureAwait(false);
        await CloseServersAsync().ConfigureAwait(false);
        foreach (var announcer in _announcers.Keys) await announcer.DisposeAsync().ConfigureAwait(false);
        await _closing.CancelAsync().ConfigureAwait(false);
        lock (_gate)
        {
            _isDown = true;
            _core.Rpc.Abort(Now());
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await Udx.DisposeAsync().ConfigureAwait(false);
        await LeaveDetourAsync().ConfigureAwait(false);
        Log.Stopped(_options.Logger, LocalAddress);
        _bootstrapped.TrySetException(new ObjectDisposedException(nameof(DhtNode)));
        _ = _bootstrapped.Task.Exception;
        _ownKeyPair?.Dispose();
        _closing.Dispose();
        _awake.Dispose();
        // The gate is not: who waits there, to suspend or to resume, would wait for ever.
    }

    /// <inheritdoc />
    void IDatagramSink.Send(object socket, ReadOnlySpan<byte> datagram, UdpAddress to) => ((UdxSocket)socket).TrySend(datagram, to);

    /// <inheritdoc />
    void IDhtEvents.PeerRequested(InboundRequest request) => _peerRequests.Enqueue(request);

    /// <inheritdoc />
    void IDhtEvents.Bootstrapped()
    {
        if (IsToBootstrapLater()) return;
        Log.Bootstrapped(_options.Logger, _core.Table.Count);
        _bootstrapped.TrySetResult();
    }

    /// <inheritdoc />
    void IDhtEvents.StandingChanged()
    {
        Log.StandingChanged(_options.Logger, _core.IsEphemeral, _core.IsFirewalled);
        if (StandingChanged is { } raise) ThreadPool.QueueUserWorkItem(static state => state.raise(state.Item2), (raise, this), preferLocal: false);
    }

    /// <summary>A handshake or hole-punch message came in, on a socket's thread, outside the core.</summary>
    partial void OnPeerRequest(PeerRequest request);

    private Task CloseServersAsync()
    {
        Task? closing = null;
        OnClosing(ref closing);
        return closing ?? Task.CompletedTask;
    }

    /// <summary>The node is closed: servers are to be withdrawn while it can still send.</summary>
    partial void OnClosing(ref Task? closing);

    private UdxSocket BindServer(UdpAddress host, int port)
    {
        for (var i = 0; port != 0 && i < PortTries && port + i <= ushort.MaxValue; i++)
        {
            try
            {
                return Udx.Bind(host.WithPort(port + i));
            }
            catch (DatagramException)
            {
                // Taken: the next one will do.
            }
        }

        return Udx.Bind(host);
    }

    // What a node without entrances is known as: alone on its machine if it is bound to all interfaces.
    private UdpAddress ServerAddress => _options.Host.Equals(IPAddress.Any) ? UdpAddress.FromIPv4(0x7f000001, LocalAddress.Port) : LocalAddress;

    private Instant Now() => Instant.Now(_options.Clock);

    private void HandleDatagram(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from)
    {
        lock (_gate)
        {
            if (_isDown || _isSuspended) return;
            var now = Now();
            _core.Receive(socket, bytes, from, now);
            Schedule(now);
        }

        PassPeerRequestsOn();
    }

    private void HandleTimer()
    {
        lock (_gate)
        {
            var now = Now();
            _wakesAt = Instant.Never;
            if (_isDown || _isSuspended) return;
            _core.HandleTimeout(now);
            Schedule(now);
        }

        PassPeerRequestsOn();
    }

    private T Enter<T>(Func<DhtCore, Instant, T> work)
    {
        lock (_gate)
        {
            var now = Now();
            var result = work(_core, now);
            Schedule(now);
            return result;
        }
    }

    private void PassPeerRequestsOn()
    {
        while (_peerRequests.TryDequeue(out var request)) OnPeerRequest(new PeerRequest(this, request));
    }

    private void Schedule(Instant now)
    {
        var next = _core.NextTimeout;
        if (next >= _wakesAt || _isDown) return;
        _wakesAt = next;
        var wait = next <= now ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling((next - now).TotalMilliseconds));
        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }
}
