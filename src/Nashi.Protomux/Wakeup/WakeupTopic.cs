using Nashi.Encoding;
using Nashi.Protomux.Wakeup.Protocol;

namespace Nashi.Protomux.Wakeup;

/// <summary>What all sessions of one topic share: its channels, and whether it is in use.</summary>
/// <remarks>
/// The lock guards the lists; channels are opened and closed, and handlers called, outside it or where nothing can call back. Invariant: it is told to
/// be idle exactly while it has no session and no active peer.
/// </remarks>
internal sealed class WakeupTopic(WakeupSwarm swarm, DiscoveryKey id, Bytes32 key)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Mux, WakeupPeer> _peers = [];
    private readonly List<WakeupSession> _sessions = [];
    private bool _isActive;
    private bool _isClosed;

    public DiscoveryKey Id { get; } = id;

    /// <summary>The secret that peers prove to know.</summary>
    public Bytes32 Key { get; } = key;

    public bool IsActive => Volatile.Read(ref _isActive);

    public bool HasSessions
    {
        get
        {
            lock (_gate) return _sessions.Count > 0;
        }
    }

    /// <summary>Since when nobody uses it; the swarm's to set, under its lock.</summary>
    public Instant? IdleSince { get; set; }

    /// <summary>Whether nobody uses it. Only the swarm asks, under its lock.</summary>
    public bool IsIdle
    {
        get
        {
            lock (_gate) return _sessions.Count == 0 && !_peers.Values.Any(peer => peer is { IsProven: true, IsActive: true });
        }
    }

    public WakeupPeer? GetPeer(Mux mux)
    {
        lock (_gate) return _peers.GetValueOrDefault(mux);
    }

    public WakeupPeer[] ListPeers(bool onlyProven)
    {
        lock (_gate) return [.. _peers.Values.Where(peer => peer.IsProven || !onlyProven)];
    }

    /// <summary>Adds a session; null when the topic has closed meanwhile.</summary>
    public WakeupSession? TryAdd(IWakeupHandler handler, bool isActive)
    {
        var session = new WakeupSession(this, handler, isActive);
        bool isFirst;
        lock (_gate)
        {
            if (_isClosed) return null;
            _sessions.Add(session);
            isFirst = _sessions.Count == 1;
        }

        UpdateActivity();
        if (isFirst) swarm.OpenEverywhere(this);
        swarm.UpdateIdle(this);
        return session;
    }

    public void Remove(WakeupSession session)
    {
        lock (_gate)
        {
            if (!_sessions.Remove(session)) return;
        }

        UpdateActivity();
        swarm.UpdateIdle(this);
    }

    /// <summary>Opens the topic on a connection, unless it is.</summary>
    public void Open(Mux mux)
    {
        lock (_gate)
        {
            if (_isClosed || _peers.ContainsKey(mux)) return;
            var peer = new WakeupPeer(this, mux);
            var stream = mux.Stream;
            var capability = WakeupHandshake.CapabilityOf(stream.IsInitiator, Key, stream.HandshakeHash.Span);
            var channel = mux.TryOpen(new()
            {
                Protocol = WakeupSwarm.Protocol,
                Id = Id.Value.ToArray(),
                Handshake = new WakeupHandshake(0, capability, _isActive).Encode(),
                Handler = new WakeupPeer.Events(peer),
            });
            if (channel is null) return;
            // Its events wait for the lock, so all of them find it.
            peer.Channel = channel;
            _peers.Add(mux, peer);
        }
    }

    /// <summary>Tells peers whether anyone works with the topic, when that changed.</summary>
    public void UpdateActivity()
    {
        WakeupPeer[] told;
        bool isActive;
        lock (_gate)
        {
            isActive = _sessions.Any(session => session.IsActive);
            if (_isClosed || isActive == _isActive) return;
            _isActive = isActive;
            told = [.. _peers.Values];
            // Under the lock, so that the last word is the last one sent.
            foreach (var peer in told) _ = peer.Channel.Send(WakeupInfo.Type, new WakeupInfo(isActive).Encode());
        }

        if (isActive) swarm.OpenEverywhere(this);
    }

    public void HandleProven(WakeupPeer peer, bool isActive)
    {
        lock (_gate) peer.HandleProven(isActive);
        swarm.UpdateIdle(this);
        Tell((handler, session) => handler.OnPeerAdded(session, peer));
        if (isActive) Tell((handler, session) => handler.OnPeerActivity(session, peer, true));
    }

    public void HandleInfo(WakeupPeer peer, bool isActive)
    {
        lock (_gate)
        {
            if (!peer.TrySetActive(isActive)) return;
        }

        swarm.UpdateIdle(this);
        Tell((handler, session) => handler.OnPeerActivity(session, peer, isActive));
    }

    public void HandleClose(WakeupPeer peer)
    {
        bool wasActive;
        lock (_gate)
        {
            _ = _peers.Remove(peer.Mux);
            wasActive = peer.TrySetActive(false);
        }

        swarm.UpdateIdle(this);
        if (!peer.IsProven) return;
        if (wasActive) Tell((handler, session) => handler.OnPeerActivity(session, peer, false));
        Tell((handler, session) => handler.OnPeerRemoved(session, peer));
    }

    public void Expel(WakeupPeer peer, string reason)
    {
        Log.ClosingChannel(swarm.Logger, WakeupSwarm.Protocol, reason);
        WakeupPeer known;
        lock (_gate) known = peer;
        known.Channel.Close();
    }

    /// <summary>Closes its channels for good.</summary>
    public void Close()
    {
        WakeupPeer[] peers;
        WakeupSession[] sessions;
        lock (_gate)
        {
            _isClosed = true;
            (peers, sessions) = ([.. _peers.Values], [.. _sessions]);
        }

        foreach (var peer in peers) peer.Channel.Close();
        foreach (var session in sessions) Tell(session, (handler, s) => handler.OnClosed(s));
    }

    public void Tell(Action<IWakeupHandler, WakeupSession> what)
    {
        WakeupSession[] sessions;
        lock (_gate) sessions = [.. _sessions];
        foreach (var session in sessions) Tell(session, what);
    }

    private void Tell(WakeupSession session, Action<IWakeupHandler, WakeupSession> what)
    {
        try
        {
            what(session.Handler, session);
        }
        catch (Exception error)
        {
            Log.HandlerFailed(swarm.Logger, WakeupSwarm.Protocol, error);
        }
    }
}
