using System.Threading.Channels;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Swarm.Protocol;

namespace Nashi.Swarm;

/// <summary>Finds peers by topic or key, connects to them, and stays connected.</summary>
/// <remarks>
/// The decisions are <see cref="SwarmCore"/>'s, under one lock; here they are carried out. The node is borrowed: it outlives the swarm, and several
/// swarms may share one as long as their keys differ. Dispose the swarm to leave all topics and close all connections. Thread-safe.
/// </remarks>
public sealed partial class Swarm : IAsyncDisposable
{
    private readonly ISwarmNetwork _network;
    private readonly SwarmCore _core;
    private readonly Channel<SwarmConnection> _connections;
    private readonly ISwarmServer _server;
    private readonly ITimer _timer;
    private readonly CancellationTokenSource _life = new();
    private readonly Lock _gate = new();
    private readonly Dictionary<long, CancellationTokenSource> _dials = [];
    private readonly Dictionary<long, SwarmTransport> _transports = [];
    private readonly Dictionary<PublicKey, long> _current = [];
    private readonly Dictionary<long, SwarmConnection> _delivered = [];
    private readonly Dictionary<Topic, TopicSearch> _searches = [];
    private readonly Dictionary<long, TaskCompletionSource> _flushes = [];
    private Task? _listening;
    private Task _accepting = Task.CompletedTask;
    private long _nextFlush;
    private bool _isDraining;
    private bool _isClosed;

    /// <summary>Makes a swarm on a node.</summary>
    public Swarm(DhtNode dht, SwarmOptions? options = null)
        : this(new DhtSwarmNetwork(dht, options ?? SwarmOptions.Default), (options ?? SwarmOptions.Default).KeyPair ?? dht.DefaultKeyPair, options ?? SwarmOptions.Default)
    {
    }

    internal Swarm(ISwarmNetwork network, KeyPair keyPair, SwarmOptions options)
    {
        _network = network;
        KeyPair = keyPair;
        Options = options;
        _core = new SwarmCore(
            new SwarmLimits
            {
                MaxPeers = options.MaxPeers,
                MaxClientConnections = options.MaxClientConnections,
                MaxServerConnections = options.MaxServerConnections,
                MaxParallel = options.MaxParallel,
            },
            keyPair.PublicKey,
            network.Random);
        _connections = Channel.CreateBounded<SwarmConnection>(options.MaxWaitingConnections);
        _server = network.CreateServer(IsRefused);
        _timer = network.Clock.CreateTimer(
            _ => Step(core => core.HandleTimeout(Now)), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        network.Changed += HandleNetworkChange;
    }

    /// <summary>Who we are.</summary>
    public PublicKey PublicKey => KeyPair.PublicKey;

    /// <summary>Each new connection, once. Completes when the swarm is closed. When nobody reads, further connections are closed.</summary>
    public ChannelReader<SwarmConnection> Connections => _connections.Reader;

    /// <summary>The connections that stand now.</summary>
    public IReadOnlyCollection<SwarmConnection> Current
    {
        get
        {
            lock (_gate) return [.. _delivered.Values];
        }
    }

    internal SwarmOptions Options { get; }

    private KeyPair KeyPair { get; }

    private Instant Now => Instant.Now(_network.Clock);

    /// <summary>Takes part in a topic: announced under it (server), connected to everybody found under it (client), or both.</summary>
    /// <exception cref="ArgumentException">Neither server nor client.</exception>
    public SwarmDiscovery Join(Topic topic, bool server = true, bool client = true)
    {
        if (!server && !client) throw new ArgumentException("A topic is joined as a server, a client or both.", nameof(server));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_searches.TryGetValue(topic, out var search) && search.TryAdd(server, client) is { } session) return session;
            _core.AddTopic(topic);
            _searches[topic] = search = new TopicSearch(this, _network, KeyPair, topic);
            return search.TryAdd(server, client)!;
        }
    }

    /// <summary>Leaves a topic, whoever joined it. Connections that stand go on.</summary>
    public async ValueTask LeaveAsync(Topic topic, CancellationToken cancellationToken = default)
    {
        TopicSearch? search;
        lock (_gate) search = _searches.GetValueOrDefault(topic);
        if (search is null) return;
        Forget(search);
        await search.DisposeAsync().AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Waits until every topic is announced and looked up, and everybody found so far was tried.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken = default)
    {
        TopicSearch[] searches;
        lock (_gate) searches = [.. _searches.Values];
        await Task.WhenAll(searches.Select(search => search.FlushedAsync())).WaitAsync(cancellationToken).ConfigureAwait(false);
        var flushed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Step(core =>
        {
            _flushes.Add(_nextFlush, flushed);
            core.StartFlush(_nextFlush++);
        });
        await flushed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Connects to a peer, and again whenever the connection is lost, until <see cref="LeavePeer"/>. Ignored when the firewall refuses it.</summary>
    public void JoinPeer(PublicKey peer)
    {
        if (Options.Firewall?.Invoke(peer) != true) Step(core => core.JoinPeer(peer));
    }

    /// <summary>Stops connecting to a peer by key. A connection that stands goes on.</summary>
    public void LeavePeer(PublicKey peer) => Step(core => core.LeavePeer(peer));

    /// <summary>Never connects to this peer again, nor answers it. A connection that stands goes on.</summary>
    public void Ban(PublicKey peer)
    {
        Step(core => core.Ban(peer));
        Emit(new SwarmEvent(SwarmEventKind.Banned) { Peer = peer });
    }

    /// <summary>Answers peers that connect to our key, without announcing it under a topic.</summary>
    public async ValueTask ListenAsync(CancellationToken cancellationToken = default) =>
        await ListenForTopicAsync(cancellationToken).ConfigureAwait(false);

    /// <summary>Leaves all topics and closes all connections. Idempotent.</summary>
    public async ValueTask DisposeAsync()
    {
        TopicSearch[] searches;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            searches = [.. _searches.Values];
            _searches.Clear();
        }

        _network.Changed -= HandleNetworkChange;
        Step(core => core.Close());
        await _timer.DisposeAsync().ConfigureAwait(false);
        await Task.WhenAll(searches.Select(search => search.DisposeAsync().AsTask())).ConfigureAwait(false);
        await _life.CancelAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SwarmTransport[] open;
        lock (_gate) open = [.. _transports.Values];
        foreach (var transport in open) await transport.Stream.DisposeAsync().ConfigureAwait(false);
        _connections.Writer.TryComplete();
        EndEvents();
        while (_connections.Reader.TryRead(out _))
        {
            // Closed already; nobody needs to see them.
        }
    }

    internal void HandleFound(FoundPeer peer, Topic topic)
    {
        if (Options.Firewall?.Invoke(peer.PublicKey) == true) return;
        if (peer.PublicKey != PublicKey) Emit(new SwarmEvent(SwarmEventKind.Found) { Peer = peer.PublicKey, Topic = topic });
        Step(core => core.HandleFound(peer.PublicKey, peer.Relays, topic));
    }

    internal async Task<IReadOnlyList<UdpAddress>> ListenForTopicAsync(CancellationToken cancellationToken)
    {
        Task listening;
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_listening is null or { IsFaulted: true } or { IsCanceled: true }) _listening = StartListeningAsync();
            listening = _listening;
        }

        await listening.WaitAsync(cancellationToken).ConfigureAwait(false);
        return _server.RelayAddresses;
    }

    internal void Forget(TopicSearch search)
    {
        lock (_gate)
        {
            if (!_searches.TryGetValue(search.Topic, out var known) || known != search) return;
            _searches.Remove(search.Topic);
            _core.RemoveTopic(search.Topic);
        }
    }

    private async Task StartListeningAsync()
    {
        await _server.ListenAsync(KeyPair, _life.Token).ConfigureAwait(false);
        _accepting = AcceptAsync();
    }

    private bool IsRefused(PublicKey peer)
    {
        lock (_gate)
        {
            if (_isClosed || _core.IsRefused(peer)) return true;
        }

        return Options.Firewall?.Invoke(peer) == true;
    }

    private async Task AcceptAsync()
    {
        await foreach (var transport in _server.AcceptAsync(_life.Token).ConfigureAwait(false))
        {
            lock (_gate)
            {
                var key = transport.Stream.RemotePublicKey;
                var isUsed = _current.TryGetValue(key, out var existing) && _transports.TryGetValue(existing, out var old) && old.HasBeenUsed();
                Step(core => Register(core.HandleIncoming(key, isUsed), transport));
            }
        }
    }

    private void Register(long id, SwarmTransport transport)
    {
        _transports.Add(id, transport);
        _ = WatchAsync(id, transport);
    }

    private async Task WatchAsync(long id, SwarmTransport transport)
    {
        await transport.Stream.Closed.ConfigureAwait(false);
        await Task.Yield();
        Step(core =>
        {
            _transports.Remove(id);
            if (_delivered.Remove(id, out var connection)) EmitClosed(connection);
            if (_current.TryGetValue(transport.Stream.RemotePublicKey, out var current) && current == id)
                _current.Remove(transport.Stream.RemotePublicKey);
            core.HandleClosed(id, Now);
        });
        await transport.Stream.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Feeds the core and carries out what it wants; what that causes at once is drained by the outermost call.</summary>
    private void Step(Action<SwarmCore> feed)
    {
        lock (_gate)
        {
            feed(_core);
            if (_isDraining) return;
            _isDraining = true;
            try
            {
                while (_core.TryTake(out var action)) Do(action);
            }
            finally
            {
                _isDraining = false;
            }

            SetTimer();
        }
    }

    private void SetTimer()
    {
        if (_isClosed) return;
        var next = _core.NextTimeout;
        if (next == Instant.Never) _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        else _timer.Change(TimeSpan.FromMilliseconds(Math.Ceiling(Math.Max(0, (next - Now).TotalMilliseconds))), Timeout.InfiniteTimeSpan);
    }

    private void Do(SwarmAction action)
    {
        switch (action)
        {
            case SwarmAction.Dial dial:
                var life = CancellationTokenSource.CreateLinkedTokenSource(_life.Token);
                _dials.Add(dial.Id, life);
                Emit(new SwarmEvent(SwarmEventKind.Connecting) { Peer = dial.Peer });
                _ = DialAsync(dial, life);
                break;
            case SwarmAction.Deliver deliver:
                Deliver(deliver);
                break;
            case SwarmAction.Close close when _dials.TryGetValue(close.Id, out var dialing):
                dialing.Cancel();
                break;
            case SwarmAction.Close close when _transports.TryGetValue(close.Id, out var transport):
                transport.Stream.Abort(ReasonOf(close.Why));
                break;
            case SwarmAction.Probe probe when _transports.TryGetValue(probe.Id, out var transport):
                transport.Stream.Write(default);
                break;
            case SwarmAction.Flushed flushed when _flushes.Remove(flushed.Flush, out var waiter):
                waiter.TrySetResult();
                break;
        }
    }

    private async Task DialAsync(SwarmAction.Dial dial, CancellationTokenSource life)
    {
        SwarmTransport? transport = null;
        try
        {
            await Task.Yield();
            transport = await _network.ConnectAsync(dial.Peer, KeyPair, dial.Relays, life.Token).ConfigureAwait(false);
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException or ObjectDisposedException or ArgumentException)
        {
            // The core hears that it failed, and tries again in its own time.
            EmitFailed(dial.Peer, error);
        }

        Step(core =>
        {
            _dials.Remove(dial.Id);
            var isWanted = transport is not null && !life.IsCancellationRequested;
            if (transport is not null) Register(dial.Id, transport);
            if (isWanted) core.HandleDialed(dial.Id, Now);
            else if (transport is not null) transport.Stream.Abort(ReasonOf(SwarmRefusal.Duplicate));
            else core.HandleClosed(dial.Id, Now);
        });
        life.Dispose();
    }

    private void Deliver(SwarmAction.Deliver deliver)
    {
        if (!_transports.TryGetValue(deliver.Id, out var transport)) return;
        var connection = new SwarmConnection(transport, transport.Stream.IsInitiator, deliver.Topics);
        _current[connection.RemotePublicKey] = deliver.Id;
        _delivered[deliver.Id] = connection;
        Emit(new SwarmEvent(SwarmEventKind.Connected) { Peer = connection.RemotePublicKey, Connection = connection });
        if (!_connections.Writer.TryWrite(connection)) transport.Stream.Abort(ReasonOf(SwarmRefusal.Full));
    }

    private static CloseReason ReasonOf(SwarmRefusal why) => new(CloseKind.Local, why switch
    {
        SwarmRefusal.Duplicate => "Another connection to the same peer stays.",
        SwarmRefusal.Full => "There is no room for another connection.",
        _ => "The peer is refused.",
    });
}
