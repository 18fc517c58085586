using System.Collections.Concurrent;
using System.Net;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Life;
using Nashi.Dht.Protocol;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <content>Suspending, sleeping, changing networks, being offline. Source: network.md §3.11.</content>
public sealed partial class DhtNode
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan WatchSoon = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan NoticedAfter = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan NoticedUntil = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan SleptAfter = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UnreachableAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UnreachableAfterSilence = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan UnreachableAtLast = TimeSpan.FromSeconds(15);
    private const int LookAtAddressesEvery = 10;
    private const int MaxAdmitted = 4;

    private readonly ITimer _watchTimer;
    private readonly SemaphoreSlim _lifeGate = new(1);
    private readonly SleepDetector _sleep = new(SleptAfter);
    private readonly ConcurrentDictionary<DhtConnection, byte> _live = new();
    private CancellationTokenSource _awake = new();
    private volatile HashSet<IPAddress> _addresses = [];
    private volatile bool _isSuspended;
    private volatile bool _hasNetworkEvent;
    private int _isWatching;
    private long _watches;

    /// <summary>Whether it is suspended: no sockets, no traffic.</summary>
    public bool IsSuspended => _isSuspended;

    /// <summary>
    /// Raised, on a pool thread, when the machine woke up, its addresses changed, or nodes answer again after a silence: what was learnt about the network is
    /// to be learnt anew.
    /// </summary>
    public event Action<DhtNode>? NetworkChanged;

    /// <summary>How many connections stand, whoever holds them.</summary>
    public int ConnectionCount => _live.Count;

    /// <summary>
    /// Withdraws all servers, closes all connections, and frees the sockets; what is under way fails with SUSPENDED. Servers and their keys stay: they
    /// are announced again by <see cref="ResumeAsync"/>. For apps that are put in the background. Idempotent.
    /// </summary>
    public async ValueTask SuspendAsync(CancellationToken cancellationToken = default)
    {
        await _lifeGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (_isSuspended) return;
            await _awake.CancelAsync().ConfigureAwait(false);
            await SuspendServersAsync().ConfigureAwait(false);
            Udx.AbortAll();
            lock (_gate)
            {
                _isSuspended = true;
                _core.Suspend(Now());
            }

            await SaveMemoryAsync().ConfigureAwait(false);
            await LeaveDetourAsync().ConfigureAwait(false);
            var (client, server) = (_client, _server);
            await client.DisposeAsync().ConfigureAwait(false);
            await server.DisposeAsync().ConfigureAwait(false);
            Log.Suspended(_options.Logger);
        }
        finally
        {
            _lifeGate.Release();
        }
    }

    /// <summary>Binds the same ports again if they are free, looks around, and announces the servers. Returns once they can be found, or when that failed. Idempotent.</summary>
    /// <exception cref="DatagramException">The address cannot be bound; it stays suspended.</exception>
    public async ValueTask ResumeAsync(CancellationToken cancellationToken = default)
    {
        await _lifeGate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, this);
            if (!_isSuspended) return;
            Rebind();
            var old = _awake;
            _awake = new CancellationTokenSource();
            old.Dispose();
            Log.Resumed(_options.Logger, LocalAddress);
            await ResumeServersAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _lifeGate.Release();
        }
    }

    /// <inheritdoc />
    void IConnectNode.Track(DhtConnection connection)
    {
        _live[connection] = 0;
        connection.RelayTo = _detour.RelayTo;
        Log.Connected(_options.Logger, connection);
        _ = ForgetClosedAsync(connection);
    }

    /// <inheritdoc />
    void IConnectNode.Admit(PublicKey peer, UdpAddress at)
    {
        if (at.Port == 0 || AddressScope.IsReserved(at)) return;
        foreach (var connection in _live.Keys.Where(connection => connection.RemotePublicKey == peer && !connection.IsInitiator).Take(MaxAdmitted)) connection.Knock(at);
    }

    /// <inheritdoc />
    void IDhtEvents.OnlineChanged()
    {
        if (_core.IsOnline)
        {
            Log.OnlineAgain(_options.Logger);
            Recover();
        }
        else
        {
            Log.Offline(_options.Logger);
        }
    }

    /// <inheritdoc />
    void IDhtEvents.Woke()
    {
        HandleNetworkMaybeChanged();
        Log.Woke(_options.Logger);
        Recover();
    }

    // Never inside the core: users' handlers hang on it.
    private void Recover() => ThreadPool.UnsafeQueueUserWorkItem(static node => node.RecoverNow(), this, preferLocal: false);

    private void RecoverNow()
    {
        if (_isClosed || _isSuspended) return;
        foreach (var announcer in _announcers.Keys) announcer.Refresh();
        Udx.ProbeAll();
        foreach (var connection in _live.Keys) connection.ShowLife();
        NetworkChanged?.Invoke(this);
    }

    private async Task ForgetClosedAsync(DhtConnection connection)
    {
        var reason = await connection.Stream.Closed.ConfigureAwait(false);
        _live.TryRemove(connection, out _);
        Log.Closed(_options.Logger, connection, reason.Message);
    }

    private void StartWatching()
    {
        _addresses = ReadAddresses();
        _options.Network.Changed += HandleNetworkEvent;
        _watchTimer.Change(WatchEvery, WatchEvery);
        if (_options.BootstrapNames.Count > 0) _ = ResolveAsync(_options.BootstrapNames);
    }

    private async Task StopWatchingAsync()
    {
        _options.Network.Changed -= HandleNetworkEvent;
        await _watchTimer.DisposeAsync().ConfigureAwait(false);
        await _awake.CancelAsync().ConfigureAwait(false);
        await SaveMemoryAsync().ConfigureAwait(false);
    }

    private void HandleNetworkEvent() => _hasNetworkEvent = true;

    // Once a second or a little more often, on a pool thread.
    private void Watch()
    {
        if (_isClosed || Interlocked.Exchange(ref _isWatching, 1) != 0) return;
        try
        {
            if (_sleep.HasSlept(Now(), _options.Clock.GetUtcNow()) && !_isSuspended) Do(static (core, now) => core.WakeUp(now));
            if (_isSuspended) return;
            _watches++;
            if (_hasNetworkEvent || _watches % LookAtAddressesEvery == 0) LookAtAddresses();
            LookAfterMemory();
            LookAfterDetour();
            LookAfterConnections();
        }
        finally
        {
            Volatile.Write(ref _isWatching, 0);
        }
    }

    private void LookAfterConnections()
    {
        var awake = _awake;
        if (awake.IsCancellationRequested) return;
        var isAnyNew = false;
        var isOnline = IsOnline;
        foreach (var connection in _live.Keys)
        {
            if (connection.LookAfter(isOnline, awake.Token) == RevivalStep.Call) Log.Silent(_options.Logger, connection);
            var silence = connection.Raw.GetStats().Silence;
            isAnyNew |= silence >= NoticedAfter && silence < NoticedUntil;
        }

        // A silence that began just now is watched more closely, for how soon its end is seen decides how long the application waits.
        if (isAnyNew && !_isClosed) _watchTimer.Change(WatchSoon, WatchEvery);
    }

    private void LookAtAddresses()
    {
        var hadEvent = _hasNetworkEvent;
        _hasNetworkEvent = false;
        // Another network may well give the same address.
        if (hadEvent) TryStraightSoon();
        var addresses = ReadAddresses();
        if (addresses.SetEquals(_addresses)) return;
        _addresses = addresses;
        Log.NetworkChanged(_options.Logger, addresses.Count);
        // Without any address there is nothing to learn yet.
        if (addresses.Count == 0 && !hadEvent) return;
        HandleNetworkMaybeChanged();
        Do(static (core, now) => core.HandleNetworkChange(now));
        Recover();
    }

    // Bound to one address: other interfaces do not matter.
    private HashSet<IPAddress> ReadAddresses() => _options.Host.Equals(IPAddress.Any) ? [.. _options.Network.GetAddresses()] : [];

    /// <summary>A relaying node sees the server elsewhere than before.</summary>
    internal void HandleMoved() => Do(static (core, now) => core.HandleMoved(now));

    private void Do(Action<DhtCore, Instant> work) => Enter((core, now) =>
    {
        if (!_isDown && !_isSuspended) work(core, now);
        return true;
    });

    private async Task SuspendServersAsync()
    {
        var servers = _connector is null ? [] : Exchange.Servers.All.ToArray();
        try
        {
            await Task.WhenAll(servers.Select(server => server.PauseAsync())).WaitAsync(GoodbyeTimeout, _options.Clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Nobody answers: the nodes forget by themselves.
        }
    }

    private async Task ResumeServersAsync()
    {
        var servers = _connector is null ? [] : Exchange.Servers.All.ToArray();
        await Task.WhenAll(servers.Select(server => server.UnpauseAsync())).ConfigureAwait(false);
    }

    private void Rebind()
    {
        var (serverPort, clientPort) = (_server.LocalAddress.Port, _client.LocalAddress.Port);
        var server = BindServer(_host, serverPort);
        var client = BindServer(_host, clientPort);
        (_server, _client) = (server, client);
        server.SetDatagramHandler(HandleDatagram);
        client.SetDatagramHandler(HandleDatagram);
        _addresses = ReadAddresses();
        lock (_gate)
        {
            _isSuspended = false;
            var now = Now();
            _core.Resume(client, server, ServerAddress, now);
            _wakesAt = Instant.Never;
            Schedule(now);
        }
    }

    /// <summary>Runs a connect, but not on when the node is suspended, and not for long when nobody answers at all.</summary>
    private async Task<T> WhileReachableAsync<T>(Func<CancellationToken, Task<T>> connect, CancellationToken cancellationToken)
    {
        var awake = _awake;
        if (_isSuspended || awake.IsCancellationRequested) throw new NodeSuspendedException();
        var began = Now();
        using var unreachable = new CancellationTokenSource();
        using var all = CancellationTokenSource.CreateLinkedTokenSource(awake.Token, unreachable.Token, cancellationToken);
        var timer = _options.Clock.CreateTimer(
            _ =>
            {
                var now = Now();
                if (!HasHeardSince(began) && !(IsGoingRound(now) && now - began < UnreachableAtLast)) unreachable.Cancel();
            },
            null,
            // Whoever looked around in vain for seconds needs not wait for as long again.
            IsBootstrapped && !HasHeardSince(new Instant(1)) ? UnreachableAfterSilence : UnreachableAfter,
            WatchEvery);
        await using var timerClosing = timer.ConfigureAwait(false);
        try
        {
            return await ConnectAnyWayAsync(connect, began, all.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested && all.IsCancellationRequested)
        {
            if (_isClosed) throw new ObjectDisposedException("The node was closed.", error);
            throw awake.IsCancellationRequested ? new NodeSuspendedException() : Unreachable();
        }
    }

    private NetworkUnreachableException Unreachable() => new(TcpRelays.Count, _relayFailure);

    private bool HasHeardSince(Instant began) => Enter((core, _) => core.HeardAt >= began);

    private bool HasSomebodyToAsk() => Enter((core, _) => core.Bootstrap.Count > 0 || core.Table.Count > 0);
}
