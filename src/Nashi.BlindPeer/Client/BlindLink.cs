using Nashi.BlindPeer.Messages;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Protomux;
using Nashi.Protomux.Rpc;
using Nashi.SecretStream;

namespace Nashi.BlindPeer;

/// <summary>One blind peer: connected while something is asked of it, told everything anew on each connection. Thread-safe.</summary>
internal sealed class BlindLink : IAsyncDisposable
{
    private readonly BlindPeering _peering;
    private readonly BlindPeeringOptions _options;
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _life = new();
    private readonly HashSet<BlindRequest> _requests = [];
    private readonly Dictionary<BlindRequest, HashSet<CoreKey>> _told = [];
    private readonly Dictionary<CoreKey, BlindCopy> _copies = [];
    private readonly Dictionary<CoreKey, ulong> _lengths = [];
    private readonly Task _running;
    private TaskCompletionSource _wake = NewSignal();
    private TaskCompletionSource _opened = NewSignal();
    private StoreReplication? _replication;
    private Channel? _channel;
    private MuxRpc? _rpc;
    private bool _isNews;
    private int _visitors;
    private int _failures;
    private string? _problem;

    public BlindLink(BlindPeering peering, PublicKey peer)
    {
        (_peering, _options, Peer) = (peering, peering.Options, peer);
        _running = Task.Run(RunAsync);
    }

    public PublicKey Peer { get; }

    /// <summary>Whether another should stand in for it.</summary>
    public bool IsDown
    {
        get
        {
            lock (_gate) return _failures >= _options.FailuresBeforeStandIn;
        }
    }

    public BlindPeerState State
    {
        get
        {
            lock (_gate) return new(Peer, _opened.Task.IsCompleted, _requests.Count, _failures, _problem);
        }
    }

    private bool IsNeeded
    {
        get
        {
            lock (_gate) return (_requests.Count > 0 || _visitors > 0) && !_peering.IsSuspended;
        }
    }

    public void Add(BlindRequest request)
    {
        lock (_gate)
        {
            if (!_requests.Add(request)) return;
        }

        Wake();
    }

    public void Remove(BlindRequest request)
    {
        lock (_gate)
        {
            if (!_requests.Remove(request)) return;
            _ = _told.Remove(request);
        }

        Wake();
    }

    public bool Has(BlindRequest request)
    {
        lock (_gate) return _requests.Contains(request);
    }

    /// <summary>Looks at once what is to be told, or tries at once to connect.</summary>
    public void Wake()
    {
        lock (_gate) _ = _wake.TrySetResult();
    }

    public BlindCopy? CopyOf(CoreKey key)
    {
        lock (_gate) return _copies.TryGetValue(key, out var copy) ? copy with { IsConnected = _opened.Task.IsCompleted } : null;
    }

    /// <summary>Asks the peer something over RPC; connects for that where needed.</summary>
    public async ValueTask<TAnswer> AskAsync<TAsked, TAnswer>(RpcMethod<TAsked, TAnswer> method, TAsked asked, CancellationToken cancellationToken)
    {
        lock (_gate) _visitors++;
        try
        {
            Wake();
            Task opened;
            lock (_gate) opened = _opened.Task;
            await opened.WaitAsync(cancellationToken).ConfigureAwait(false);
            return await Rpc().RequestAsync(method, asked, cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_gate) _visitors--;
            Wake();
        }
    }

    /// <summary>Looks what the peer says that it holds. True when that changed since it was last asked.</summary>
    public bool Refresh()
    {
        lock (_gate)
        {
            foreach (var key in _lengths.Keys) Note(key);
            var changed = _isNews;
            _isNews = false;
            return changed;
        }
    }

    /// <summary>Whether the peer said that it holds a block; what it said is remembered when the connection is lost.</summary>
    public bool Holds(CoreKey key, ulong index)
    {
        lock (_gate)
        {
            Note(key);
            if (_replication?.RemoteHas(key.ToDiscoveryKey(), index) == true) return true;
            return _copies.TryGetValue(key, out var copy) && (index < copy.ContiguousLength || (copy.HasLast && index + 1 == copy.Length));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        Wake();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _life.Dispose();
    }

    // Call under the lock.
    private void Note(CoreKey key)
    {
        var discoveryKey = key.ToDiscoveryKey();
        if (_replication is not { } replication || replication.GetRemote(discoveryKey) is not { } remote) return;
        var last = Math.Max(_lengths.GetValueOrDefault(key), remote.Length);
        var copy = new BlindCopy(Peer, remote.Length, remote.ContiguousLength, last > 0 && replication.RemoteHas(discoveryKey, last - 1), true);
        if (_copies.TryGetValue(key, out var known) && known == copy) return;
        _copies[key] = copy;
        _isNews = true;
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private async Task RunAsync()
    {
        while (!_life.IsCancellationRequested)
        {
            if (!IsNeeded)
            {
                await WaitAsync(Task.Delay(Timeout.InfiniteTimeSpan, _options.Clock, _life.Token)).ConfigureAwait(false);
                continue;
            }

            await ConnectAsync().ConfigureAwait(false);
            if (_life.IsCancellationRequested || !IsNeeded) continue;
            int failures;
            lock (_gate) failures = _failures;
            await WaitAsync(Task.Delay(Backoff.After(failures, _options.Random), _options.Clock, _life.Token)).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until woken, or the other is done.</summary>
    private async ValueTask WaitAsync(Task other)
    {
        Task wake;
        lock (_gate) wake = _wake.Task;
        _ = await Task.WhenAny(wake, other).ConfigureAwait(false);
        lock (_gate)
        {
            if (_wake.Task.IsCompleted) _wake = NewSignal();
        }
    }

    private async Task ConnectAsync()
    {
        try
        {
            var stream = await _peering.Dialer.ConnectAsync(Peer, _life.Token).ConfigureAwait(false);
            await UseAsync(stream).ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ObjectDisposedException or ArgumentException or IOException)
        {
            Fail(error.Message);
        }
    }

    private async Task UseAsync(IMessageStream stream)
    {
        var mux = new Mux(stream, null, _options.Logger);
        await using var muxClosing = mux.ConfigureAwait(false);
        var replication = _peering.Store.Replicate(mux);
        await using var replicationClosing = replication.ConfigureAwait(false);
        _options.Wakeup?.AddStream(mux);
        // Messages may be sent before the other side opened the channel too.
        var channel = mux.TryOpen(new ChannelOptions { Protocol = AddCoresMessage.Protocol, Handler = new Events(this) });
        // Opened at once: the reference offers it once, and takes a refusal for good.
        using var rpc = MuxRpc.Open(mux, new RpcOptions { Id = Peer.Value.ToArray(), TimeProvider = _options.Clock }, logger: _options.Logger);
        lock (_gate) (_replication, _channel, _rpc) = (replication, channel, rpc);
        mux.Start();
        try
        {
            await ServeAsync(mux).ConfigureAwait(false);
        }
        finally
        {
            if (!Leave()) Fail("It closed the connection, or is no blind peer.");
        }
    }

    private async Task ServeAsync(Mux mux)
    {
        while (!mux.Closed.IsCompleted && !_life.IsCancellationRequested && !_peering.IsSuspended)
        {
            var rest = Tell();
            var isNeeded = IsNeeded;
            var pause = rest ? _options.BatchInterval : isNeeded ? Timeout.InfiniteTimeSpan : _options.IdleTime;
            var waited = Task.Delay(pause, _options.Clock, _life.Token);
            await WaitAsync(Task.WhenAny(waited, mux.Closed)).ConfigureAwait(false);
            if (!isNeeded && waited.IsCompleted && !IsNeeded) return;
        }
    }

    private bool Leave()
    {
        _ = Refresh();
        lock (_gate)
        {
            var hasOpened = _opened.Task.IsCompleted;
            _opened = hasOpened ? NewSignal() : _opened;
            (_replication, _channel, _rpc) = (null, null, null);
            _told.Clear();
            return hasOpened;
        }
    }

    /// <summary>Names what was not named on this connection yet. True when there is more to name a little later.</summary>
    private bool Tell()
    {
        BlindRequest[] requests;
        Channel? channel;
        lock (_gate) (requests, channel) = ([.. _requests], _channel);
        if (channel is null) return false;
        var rest = false;
        channel.Cork();
        foreach (var request in requests) rest |= Tell(channel, request);
        channel.Uncork();
        return rest;
    }

    private bool Tell(Channel channel, BlindRequest request)
    {
        if (request.IsOver)
        {
            request.Dispose();
            return false;
        }

        var group = request.Group;
        if (ListCores(group) is not { } cores) return false;
        List<BlindCore> batch = [];
        var isMore = false;
        lock (_gate)
        {
            if (!_told.TryGetValue(request, out var told)) _told.Add(request, told = []);
            foreach (var core in cores)
            {
                _lengths[core.Key] = core.Length;
                if (told.Contains(core.Key)) continue;
                isMore = batch.Count >= _options.MaxBatch;
                if (isMore) break;
                _ = told.Add(core.Key);
                batch.Add(core);
            }
        }

        if (batch.Count > 0) _ = channel.Send(AddCoresMessage.Type, new AddCoresMessage(group.Referrer, (ulong)group.Priority, group.Announce, batch).Encode());
        return isMore;
    }

    // The user's own code: what it throws must not end the connection.
    private IReadOnlyList<BlindCore>? ListCores(BlindGroup group)
    {
        try
        {
            return group.Cores();
        }
        catch (Exception error)
        {
            Log.GroupFailed(_options.Logger, error);
            return null;
        }
    }

    private MuxRpc Rpc()
    {
        lock (_gate) return _rpc ?? throw new BlindPeerException("BLIND_PEER_GONE", $"The connection to the blind peer {Peer} was lost: try again.", isTransient: true);
    }

    private void Fail(string problem)
    {
        if (_life.IsCancellationRequested) return;
        bool isDown;
        lock (_gate)
        {
            (_failures, _problem) = (_failures + 1, problem);
            isDown = _failures == _options.FailuresBeforeStandIn;
        }

        Log.NotReached(_options.Logger, Peer, problem);
        if (isDown) _peering.Rebalance();
        _peering.RaiseChanged();
    }

    private void HandleOpen()
    {
        bool wasDown;
        lock (_gate)
        {
            wasDown = _failures >= _options.FailuresBeforeStandIn;
            (_failures, _problem) = (0, null);
            _ = _opened.TrySetResult();
        }

        if (wasDown) _peering.Rebalance();
        _peering.RaiseChanged();
    }

    private sealed class Events(BlindLink link) : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake) => ThreadPool.QueueUserWorkItem(static at => at.HandleOpen(), link, preferLocal: false);

        // Blind peers do not say anything here.
        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload) => default;

        public void OnDrain(Channel channel)
        {
            // Requests are few and small.
        }

        public void OnClose(Channel channel, bool isRemote)
        {
            // A blind peer that closes it wants no more of us: the connection is made anew later.
            if (isRemote) channel.Mux.Stream.Abort(new CloseReason(CloseKind.Ended, "The blind peer closed its channel."));
        }
    }
}
