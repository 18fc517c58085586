using Nashi.BlindPeer.Messages;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore.Replication;
using Nashi.Protomux;
using Nashi.Protomux.Rpc;
using Nashi.Protomux.Wakeup;
using Nashi.SecretStream;
using Nashi.Swarm;

namespace Nashi.BlindPeer.Server;

/// <summary>One connection of a blind peer: what its client asks for, the cores that are shared over it, and whom to tell of news.</summary>
/// <remarks>
/// Nothing is offered that the remote did not name: a core's channel opens when the remote asks for it, by its key or its discovery key, and the same holds
/// for wake-up topics. So clients learn nothing of each other's cores.
/// </remarks>
internal sealed class HostConnection : IAsyncDisposable
{
    private readonly BlindPeerServer _server;
    private readonly SwarmConnection _connection;
    private readonly Mux _mux;
    private readonly CoreReplication _replication;
    private readonly WakeupSwarm _wakeup;
    private readonly Lock _gate = new();
    private readonly Dictionary<CoreKey, HostedCore?> _held = [];
    private readonly Dictionary<DiscoveryKey, WakeupSession> _topics = [];
    private bool _isOver;

    public HostConnection(BlindPeerServer server, SwarmConnection connection)
    {
        (_server, _connection) = (server, connection);
        var logger = server.Options.Logger;
        _mux = new Mux(connection.Stream, null, logger);
        _replication = new CoreReplication(_mux, OpenForRemoteAsync);
        _wakeup = new WakeupSwarm(new WakeupOptions { OnUnknownTopic = JoinForRemoteAsync, TimeProvider = server.Options.Clock }, logger);
        _wakeup.AddStream(_mux);
        _mux.Pair(AddCoresMessage.Protocol, null, id =>
        {
            _ = _mux.TryOpen(new ChannelOptions { Protocol = AddCoresMessage.Protocol, Handler = new Requests(this) });
            return default;
        });
        PairRequests();
    }

    public PublicKey Client => _connection.RemotePublicKey;

    /// <summary>Serves it until it ends.</summary>
    public async Task RunAsync()
    {
        _mux.Start();
        try
        {
            foreach (var topic in _connection.Topics) await OpenForRemoteAsync(new DiscoveryKey(topic.Value)).ConfigureAwait(false);
            _ = await _mux.Closed.ConfigureAwait(false);
        }
        catch (Exception error) when (error is NashiException or ObjectDisposedException or IOException)
        {
            Log.ConnectionFailed(_server.Options.Logger, Client, error);
        }

        await EndAsync().ConfigureAwait(false);
    }

    /// <summary>Closes it.</summary>
    public ValueTask DisposeAsync() => _mux.DisposeAsync();

    /// <summary>Tells the remote that a core grew, if it works with the topic and does not replicate the core anyway.</summary>
    public bool Tell(DiscoveryKey topic, HostRecord record, ulong length)
    {
        WakeupSession? session;
        lock (_gate) session = _topics.GetValueOrDefault(topic);
        if (session?.GetPeer(_mux) is not { } peer || _replication.IsAttached(record.DiscoveryKey)) return false;
        peer.Announce(new WakeupWriter(record.Key, length));
        return true;
    }

    /// <summary>Stops sharing a core that is removed.</summary>
    public async ValueTask DropAsync(CoreKey key)
    {
        HostedCore? hosted;
        lock (_gate) _ = _held.Remove(key, out hosted);
        if (hosted is null) return;
        _ = _replication.Unshare(hosted.Core);
        await _server.Keeper.ReleaseAsync(hosted).ConfigureAwait(false);
    }

    private static RpcOptions RpcOptionsOf(PublicKey id) =>
        new() { Id = id.Value.ToArray(), MaxHandlers = 8, MaxQueuedRequests = 256, MaxQueuedBytes = 256 * 1024, MaxValueSize = 4096 };

    // Opened when the client does: one that has no use for it now may have later.
    private void PairRequests()
    {
        var id = _server.PublicKey.Value.ToArray();
        _mux.Pair(RpcOptions.Default.Protocol, id, asked =>
        {
            if (!_mux.HasOpen(RpcOptions.Default.Protocol, id)) _ = MuxRpc.Open(_mux, RpcOptionsOf(_server.PublicKey), Configure, _server.Options.Logger);
            return default;
        });
    }

    private void Configure(MuxRpc rpc)
    {
        rpc.Respond(BlindPeerMethods.AddCore, AddAsync);
        rpc.Respond(BlindPeerMethods.DeleteCore, DeleteAsync);
        rpc.Respond(BlindPeerMethods.Receipt, ReceiptAsync);
    }

    private async ValueTask<CoreRecordMessage> AddAsync(AddCoreRequest request, CancellationToken cancellationToken)
    {
        var message = new AddCoresMessage(request.Referrer, request.Priority, request.Announce, [new BlindCore(request.Key, 0)]);
        var refusal = await AddAsync(message).ConfigureAwait(false);
        if (refusal == HostRefusal.None && _server.Keeper.Use((policy, _) => policy.Find(request.Key) is { } record ? Describe(record) : null) is { } described) return described;
        throw new RpcFaultException(TextOf(refusal), "BLIND_PEER_REFUSED");
    }

    private async ValueTask<bool> DeleteAsync(CoreKey key, CancellationToken cancellationToken)
    {
        var standing = _server.StandingOf(Client);
        var refusal = _server.Keeper.Use((policy, _) => policy.Delete(Client, standing, key));
        Log.AskedToDelete(_server.Options.Logger, Client, key, refusal.ToString());
        if (refusal == HostRefusal.Unknown) return false;
        if (refusal != HostRefusal.None) throw new RpcFaultException(TextOf(refusal), "BLIND_PEER_REFUSED");
        await _server.Keeper.FlushAsync(cancellationToken).ConfigureAwait(false);
        _server.CountDeleted();
        return true;
    }

    private async ValueTask<ReceiptAnswer> ReceiptAsync(ReceiptRequest request, CancellationToken cancellationToken)
    {
        // Each block is read from the disk: as dear as a core.
        if (!_server.TryTake(_connection.RemoteAddress.ToIPAddress(), request.Blocks.Count + 1)) throw new RpcFaultException(TextOf(HostRefusal.None), "BLIND_PEER_REFUSED");
        var hosted = await _server.Keeper.AcquireAsync(request.Key).ConfigureAwait(false) ?? throw new RpcFaultException(TextOf(HostRefusal.Unknown), "BLIND_PEER_REFUSED");
        try
        {
            return await _server.SignAsync(Client, hosted.Core, request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await _server.Keeper.ReleaseAsync(hosted).ConfigureAwait(false);
        }
    }

    private static string TextOf(HostRefusal refusal) => refusal switch
    {
        HostRefusal.NotAllowed => "This blind peer keeps cores only for those on its list.",
        HostRefusal.Full => "This blind peer keeps as many cores as it may.",
        HostRefusal.TooManyCores => "This blind peer keeps as many cores for you as it may.",
        HostRefusal.NotOwner => "Only trusted peers can delete cores that others asked for too.",
        HostRefusal.Unknown => "This blind peer does not keep that core.",
        _ => "This blind peer can not do that now: try again later.",
    };

    private static CoreRecordMessage Describe(HostRecord record) => new(
        record.Key, record.Length, record.BytesAllocated, (ulong)record.Updated, (ulong)record.Active, (ulong)record.Priority)
    {
        Announce = record.Announce,
        Referrer = record.Referrer,
        BlocksCleared = record.BlocksCleared,
        BytesCleared = record.BytesCleared,
    };

    /// <summary>Keeps what may be kept of what was asked for, once that is on the disk.</summary>
    private async ValueTask<HostRefusal> AddAsync(AddCoresMessage message)
    {
        var standing = _server.StandingOf(Client);
        if (!_server.TryTake(_connection.RemoteAddress.ToIPAddress(), Math.Max(1, message.Cores.Count)))
        {
            _connection.Stream.Abort(new CloseReason(CloseKind.LimitExceeded, "It asks for too many cores."));
            return HostRefusal.TooManyCores;
        }

        var refusal = HostRefusal.None;
        var accepted = _server.Keeper.Use((policy, now) => message.Cores.Where(core =>
        {
            var answer = policy.Add(Client, standing, new HostWish(core.Key, message.Referrer, message.Priority, message.Announce), now);
            if (answer != HostRefusal.None) refusal = answer;
            return answer == HostRefusal.None;
        }).ToArray());
        _server.CountAsked(message.Cores.Count, accepted.Length);
        Log.Asked(_server.Options.Logger, Client, message.Cores.Count, accepted.Length, refusal.ToString());
        if (accepted.Length == 0) return refusal;
        await _server.Keeper.FlushAsync().ConfigureAwait(false);
        if (message.Referrer is { } referrer) Join(referrer);
        foreach (var core in accepted)
        {
            await OpenAsync(core.Key).ConfigureAwait(false);
            if (message.Announce) _server.AnnounceSoon(core.Key);
        }

        return refusal;
    }

    // A stranger may name any key: one that is not kept costs one look-up.
    private async ValueTask OpenForRemoteAsync(DiscoveryKey discoveryKey)
    {
        if (_server.Keeper.Use((policy, _) => policy.Find(discoveryKey)?.Key) is { } key) await OpenAsync(key).ConfigureAwait(false);
    }

    private async ValueTask OpenAsync(CoreKey key)
    {
        lock (_gate)
        {
            if (_isOver || _held.Count >= _server.Options.Limits.MaxCoresPerConnection || !_held.TryAdd(key, null)) return;
        }

        HostedCore? hosted = null;
        try
        {
            hosted = await _server.Keeper.AcquireAsync(key).ConfigureAwait(false);
        }
        finally
        {
            if (hosted is null)
            {
                lock (_gate) _ = _held.Remove(key);
            }
        }

        if (hosted is null) return;
        bool isKept;
        lock (_gate)
        {
            isKept = !_isOver && _held.ContainsKey(key);
            if (isKept) _held[key] = hosted;
        }

        if (!isKept)
        {
            await _server.Keeper.ReleaseAsync(hosted).ConfigureAwait(false);
            return;
        }

        _ = _server.Keeper.Use((policy, now) =>
        {
            policy.Touch(key, now);
            return true;
        });
        _ = _replication.Share(hosted.Core);
    }

    private ValueTask JoinForRemoteAsync(DiscoveryKey topic, Mux mux)
    {
        if (_server.Keeper.Use((policy, _) => policy.FindReferrer(topic)) is { } referrer) Join(referrer);
        return default;
    }

    private void Join(CoreKey referrer)
    {
        var topic = referrer.ToDiscoveryKey();
        lock (_gate)
        {
            if (_isOver || _topics.ContainsKey(topic) || _topics.Count >= _server.Options.Limits.MaxCoresPerConnection) return;
            _topics.Add(topic, _wakeup.CreateSession(referrer, new Listener(this, topic)));
        }

        _server.Listen(topic, this);
    }

    private void Leave(DiscoveryKey topic)
    {
        WakeupSession? session;
        lock (_gate) _ = _topics.Remove(topic, out session);
        session?.Dispose();
        _server.Unlisten(topic, this);
    }

    private async ValueTask EndAsync()
    {
        HostedCore?[] held;
        DiscoveryKey[] topics;
        lock (_gate)
        {
            _isOver = true;
            (held, topics) = ([.. _held.Values], [.. _topics.Keys]);
            _held.Clear();
        }

        foreach (var topic in topics) Leave(topic);
        _wakeup.Dispose();
        _replication.Dispose();
        await _mux.DisposeAsync().ConfigureAwait(false);
        foreach (var hosted in held)
        {
            if (hosted is not null) await _server.Keeper.ReleaseAsync(hosted).ConfigureAwait(false);
        }
    }

    /// <summary>The channel on which clients ask for cores. While one request is worked on, the connection brings no other.</summary>
    private sealed class Requests(HostConnection connection) : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
            // Nothing is said first.
        }

        public async ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
        {
            if (type != AddCoresMessage.Type) return;
            if (!AddCoresMessage.TryDecode(payload.Span, out var message))
            {
                channel.Close();
                return;
            }

            try
            {
                _ = await connection.AddAsync(message).ConfigureAwait(false);
            }
            catch (Exception error) when (error is NashiException or ObjectDisposedException or IOException)
            {
                // The client comes back later, and asks again.
                Log.ConnectionFailed(connection._server.Options.Logger, connection.Client, error);
                channel.Close();
            }
        }

        public void OnDrain(Channel channel)
        {
            // Nothing is sent.
        }

        public void OnClose(Channel channel, bool isRemote)
        {
            // Cores stay open until the connection ends.
        }
    }

    /// <summary>A wake-up topic on this connection.</summary>
    private sealed class Listener(HostConnection connection, DiscoveryKey topic) : IWakeupHandler
    {
        private const int MaxTold = 32;

        public void OnPeerRemoved(WakeupSession session, WakeupPeer peer) => connection.Leave(topic);

        public void OnPeerActivity(WakeupSession session, WakeupPeer peer, bool isActive)
        {
            if (isActive) Tell(peer);
        }

        public void OnLookup(WakeupSession session, WakeupPeer peer, Bytes32? known) => Tell(peer);

        // What the remote has news of is fetched from it, if it is kept here.
        public void OnAnnounce(WakeupSession session, WakeupPeer peer, IReadOnlyList<WakeupWriter> writers)
        {
            var news = connection._server.Keeper.Use((policy, _) => writers.Take(AddCoresMessage.MaxCores)
                .Where(writer => policy.Find(writer.Key) is { } record && record.Length < writer.Length).Select(static writer => writer.Key).ToArray());
            if (news.Length > 0) _ = OpenAllAsync(news);
        }

        private async Task OpenAllAsync(CoreKey[] keys)
        {
            try
            {
                foreach (var key in keys) await connection.OpenAsync(key).ConfigureAwait(false);
            }
            catch (Exception error) when (error is NashiException or ObjectDisposedException or IOException)
            {
                Log.ConnectionFailed(connection._server.Options.Logger, connection.Client, error);
            }
        }

        private void Tell(WakeupPeer peer)
        {
            var latest = connection._server.Keeper.Use((policy, _) =>
                policy.Latest(topic, MaxTold).Select(static record => new WakeupWriter(record.Key, record.ClaimedLength)).ToArray());
            if (latest.Length == 0) return;
            peer.Announce(latest);
            connection._server.CountWakeup();
        }
    }
}
