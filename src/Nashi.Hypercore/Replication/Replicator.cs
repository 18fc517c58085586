using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Encoding;
using Nashi.Hypercore.Replication.Protocol;
using Nashi.Hypercore.Seam;
using Nashi.Protomux;
using Nashi.SecretStream;

namespace Nashi.Hypercore.Replication;

/// <summary>Replicates one core over any number of connections.</summary>
/// <remarks>
/// Made with the core, living as long. The <see cref="ReplicationEngine"/> decides, under one lock; the shell carries: channels, checks and stores, waits, and
/// the clock. Lock order: ours, then the mux's; nothing is awaited under it. Answers are checked on the core's lane, many at a time.
/// </remarks>
internal sealed partial class Replicator : ICoreReplicator
{
    // A remote that closes again and again what we want open is left alone in the end.
    private const int MaxReopens = 32;

    private readonly Lock _gate = new();
    private readonly ReplicationEngine _engine;
    private readonly Dictionary<CoreReplication, Link> _links = [];
    private readonly TimeProvider _clock;
    private readonly ILogger _log;
    private readonly ITimer _timer;
    private bool _isTimerSet;
    private bool _isPumpQueued;
    private bool _isClosing;

    public Replicator(IReplicatedCore core, ReplicationOptions? options = null, TimeProvider? clock = null, IRandom? random = null, ILogger? logger = null)
    {
        Core = core;
        Options = (options ?? ReplicationOptions.Default).Validate();
        _clock = clock ?? TimeProvider.System;
        _log = logger ?? NullLogger.Instance;
        Key = core.Key;
        DiscoveryKey = core.DiscoveryKey;
        _engine = new ReplicationEngine(new LocalCore(core), this, Options, random ?? SystemRandom.Instance);
        _timer = _clock.CreateTimer(static state => ((Replicator)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Raised off any lock when <see cref="PeerCount"/> changed.</summary>
    public event Action? PeersChanged;

    public IReplicatedCore Core { get; }

    public CoreKey Key { get; }

    public DiscoveryKey DiscoveryKey { get; }

    public ReplicationOptions Options { get; }

    /// <summary>Peers whose channel is open on both sides.</summary>
    public int PeerCount
    {
        get
        {
            lock (_gate) return _engine.Peers.Count;
        }
    }

    /// <summary>Whether we tell peers that we want more. True by default; false for a core that is open only to serve.</summary>
    public bool IsDownloading
    {
        get
        {
            lock (_gate) return _engine.IsDownloading;
        }

        set
        {
            lock (_gate)
            {
                _engine.SetDownloading(value);
                FlushNow();
                if (value) ReopenIdle();
            }
        }
    }

    private Instant Now => Instant.Now(_clock);

    /// <summary>The keys of the peers whose channel is open.</summary>
    public IReadOnlyList<PublicKey> GetPeers()
    {
        lock (_gate) return [.. _engine.Peers.Select(static peer => ((CoreChannel)peer.Owner).RemotePublicKey)];
    }

    /// <summary>What the peer at the other end of a connection said that it holds.</summary>
    public RemoteHolding? GetRemote(CoreReplication connection)
    {
        lock (_gate) return PeerOf(connection) is { IsSynced: true } peer ? new RemoteHolding(peer.Remote.Fork, peer.Remote.Length, peer.Blocks.Contiguous) : null;
    }

    /// <summary>Whether the peer at the other end of a connection said that it holds a block.</summary>
    public bool RemoteHas(CoreReplication connection, ulong index)
    {
        lock (_gate) return PeerOf(connection)?.Blocks.Has(index) ?? false;
    }

    public bool AddConnection(CoreReplication connection)
    {
        lock (_gate)
        {
            if (_isClosing || !_links.TryAdd(connection, new Link())) return false;
        }

        OpenChannel(connection);
        return true;
    }

    public void RemoveConnection(CoreReplication connection)
    {
        lock (_gate)
        {
            if (_links.Remove(connection, out var link)) link.Channel?.Channel?.Close();
        }
    }

    /// <summary>Opens the channel on a connection, unless it is open.</summary>
    public void OpenChannel(CoreReplication connection)
    {
        lock (_gate)
        {
            if (_isClosing || !_links.TryGetValue(connection, out var link) || link.Channel is not null) return;
            var stream = connection.Mux.Stream;
            var handler = new CoreChannel(this, connection);
            var options = new ChannelOptions
            {
                Protocol = CoreReplication.Protocol,
                Aliases = [CoreReplication.Alias],
                Id = DiscoveryKey.Value.ToArray(),
                Handshake = new ReplicationHandshake(true, ReplicationHandshake.CapabilityOf(stream.IsInitiator, Key, stream.HandshakeHash.Span)).Encode(),
                Handler = handler,
            };
            // The handler may be called before this returns: it waits for the lock.
            link.Channel = handler;
            link.IsIdle = false;
            _engine.HandleOpening();
            handler.Channel = connection.Mux.TryOpen(options);
            if (handler.Channel is not null) return;
            link.Channel = null;
            _engine.HandleNotOpened(Now);
        }
    }

    public async ValueTask DisposeAsync()
    {
        CloseAll(closeChannels: true);
        await _timer.DisposeAsync().ConfigureAwait(false);
    }

    public void HandleOpen(CoreChannel channel, bool seeks)
    {
        lock (_gate)
        {
            if (_isClosing) return;
            channel.Peer = _engine.AddPeer(channel, seeks, Now);
            FlushNow();
        }

        RaisePeersChanged();
    }

    public void HandleClose(CoreChannel channel, bool isRemote)
    {
        var reopens = false;
        lock (_gate)
        {
            if (channel.Peer is null) _engine.HandleNotOpened(Now);
            else _engine.RemovePeer(channel.Peer, Now);
            if (_links.TryGetValue(channel.Connection, out var link) && link.Channel == channel)
            {
                link.Channel = null;
                link.IsIdle = channel.Peer is not null;
                // The remote thought that neither needs it, but we do.
                reopens = isRemote && _engine.IsDownloading && channel.Peer is { Remote: { Downloading: false, Uploading: true } } && link.Reopens++ < MaxReopens;
            }

            FlushNow();
        }

        if (channel.Peer is not null) RaisePeersChanged();
        if (reopens) OpenChannel(channel.Connection);
    }

    /// <summary>Ends the connection of a peer that broke the rules.</summary>
    public void Expel(CoreChannel channel, ReplicationFault fault)
    {
        Log.Expelled(_log, channel.RemotePublicKey, fault, DiscoveryKey);
        var kind = fault is ReplicationFault.TooManyRequests or ReplicationFault.UnaskedAnswers or ReplicationFault.InvalidRequests ? CloseKind.LimitExceeded : CloseKind.ProtocolViolation;
        var reason = new CloseReason(kind, $"{channel.RemotePublicKey} broke the rules of replication: {fault} about core {DiscoveryKey}.");
        // Elsewhere: ending it may call back into us.
        _ = ThreadPool.UnsafeQueueUserWorkItem(static state => state.Stream.Abort(state.Reason), (channel.Connection.Mux.Stream, Reason: reason), preferLocal: false);
    }

    /// <summary>Something of ours failed: the peer is left, the rest goes on.</summary>
    public void Fail(CoreChannel channel, Exception error)
    {
        Log.Failed(_log, DiscoveryKey, error);
        channel.Channel?.Close();
    }

    private void CloseAll(bool closeChannels)
    {
        KeyValuePair<CoreReplication, Link>[] links;
        lock (_gate)
        {
            _isClosing = true;
            _engine.Close();
            if (!closeChannels) return;
            links = [.. _links];
            _links.Clear();
        }

        foreach (var (connection, link) in links)
        {
            _ = connection.Forget(this);
            link.Channel?.Channel?.Close();
        }
    }

    /// <summary>Lets the engine tell and ask, a frame per connection. Call under the lock.</summary>
    private void FlushNow()
    {
        if (_engine.IsDirty)
        {
            var now = Now;
            var dirty = _engine.Peers.Count == 1 ? null : _engine.Peers.Where(static peer => peer.IsDirty).ToArray();
            var only = _engine.Peers.Count == 1 ? MuxOf(_engine.Peers[0]) : null;
            only?.Cork();
            if (dirty is not null) Array.ForEach(dirty, static peer => MuxOf(peer).Cork());
            _engine.Flush(now);
            only?.Uncork();
            if (dirty is not null) Array.ForEach(dirty, static peer => MuxOf(peer).Uncork());
        }

        SetTimer();
    }

    private RemotePeer? PeerOf(CoreReplication connection) => _links.GetValueOrDefault(connection)?.Channel?.Peer;

    private static Mux MuxOf(RemotePeer peer) => ((CoreChannel)peer.Owner).Connection.Mux;

    private void SetTimer()
    {
        if (_isTimerSet || _isClosing || _engine.NextTimeout is not { } due) return;
        _isTimerSet = true;
        _ = _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        lock (_gate)
        {
            _isTimerSet = false;
            if (_isClosing) return;
            _engine.HandleTimeout(Now);
            FlushNow();
        }
    }

    /// <summary>Flushes soon, on another thread; what happens until then goes along. Call under the lock.</summary>
    private void FlushSoon()
    {
        if (_isPumpQueued) return;
        _isPumpQueued = true;
        _ = ThreadPool.UnsafeQueueUserWorkItem(static replicator => replicator.Pump(), this, preferLocal: false);
    }

    private void Pump()
    {
        lock (_gate)
        {
            _isPumpQueued = false;
            FlushNow();
        }
    }

    /// <summary>Opens the channels again that closed when nobody needed them. Call under the lock.</summary>
    private void ReopenIdle()
    {
        foreach (var (connection, link) in _links)
        {
            if (link.IsIdle && link.Reopens++ < MaxReopens) OpenChannel(connection);
        }
    }

    private void RaisePeersChanged()
    {
        if (PeersChanged is not null) _ = ThreadPool.UnsafeQueueUserWorkItem(static replicator => replicator.PeersChanged?.Invoke(), this, preferLocal: false);
    }

    /// <summary>One connection that the core is attached to.</summary>
    private sealed class Link
    {
        public CoreChannel? Channel { get; set; }

        /// <summary>It was open and closed again, for want of use.</summary>
        public bool IsIdle { get; set; }

        public int Reopens { get; set; }
    }
}
