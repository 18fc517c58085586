using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Swarm.Protocol;

/// <summary>Decides whom a swarm connects to, when it tries again, and which of two connections to one peer stays.</summary>
/// <remarks>
/// Pure: no I/O, no clock, no tasks. Owned by one <see cref="Swarm"/>, which calls any <c>Handle…</c> under its lock, drains <see cref="TryTake"/> and
/// waits until <see cref="NextTimeout"/>. At most one link per peer, open or opening, is in <c>_links</c>. Source: network.md §6.
/// </remarks>
internal sealed partial class SwarmCore
{
    private readonly SwarmLimits _limits;
    private readonly PublicKey _self;
    private readonly IRandom _random;
    private readonly Queue<SwarmAction> _actions = new();
    private readonly Dictionary<PublicKey, PeerState> _peers = [];
    private readonly Dictionary<PublicKey, SwarmLink> _links = [];
    private readonly Dictionary<long, SwarmLink> _byId = [];
    private readonly PriorityQueue<PeerState, Instant> _retries = new();
    private readonly HashSet<Topic> _topics = [];
    private readonly List<Flush> _flushes = [];
    private readonly PeerQueue _queue;
    private long _nextId;
    private int _connecting;
    private int _clients;
    private int _servers;
    private int _explicit;
    private bool _isClosed;

    /// <summary>Makes an empty swarm.</summary>
    public SwarmCore(SwarmLimits limits, PublicKey self, IRandom random)
    {
        _limits = limits;
        _self = self;
        _random = random;
        _queue = new PeerQueue(random);
    }

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => !_isClosed && _retries.TryPeek(out _, out var at) ? at : Instant.Never;

    /// <summary>How many connections and attempts there are.</summary>
    public int Count => _links.Count;

    /// <summary>How many peers are remembered.</summary>
    public int KnownPeers => _peers.Count;

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTake(out SwarmAction action) => _actions.TryDequeue(out action!);

    /// <summary>We look for peers of this topic.</summary>
    public void AddTopic(Topic topic) => _topics.Add(topic);

    /// <summary>We no longer do.</summary>
    public void RemoveTopic(Topic topic) => _topics.Remove(topic);

    /// <summary>A peer was found under a topic.</summary>
    public void HandleFound(PublicKey key, IReadOnlyList<UdpAddress> relays, Topic topic)
    {
        if (_isClosed || Upsert(key) is not { } peer) return;
        peer.Relays = relays;
        peer.AddTopic(topic);
        if (_links.ContainsKey(key)) return;
        peer.HandleFoundAgain();
        Enqueue(peer);
        Work();
    }

    /// <summary>The application names a peer to stay connected to.</summary>
    public void JoinPeer(PublicKey key)
    {
        if (_isClosed || Upsert(key) is not { } peer) return;
        if (!peer.IsExplicit) _explicit++;
        peer.IsExplicit = true;
        if (_links.ContainsKey(key)) return;
        Enqueue(peer);
        Work();
    }

    /// <summary>The application no longer does; a connection that stands goes on.</summary>
    public void LeavePeer(PublicKey key)
    {
        if (!_peers.TryGetValue(key, out var peer) || !peer.IsExplicit) return;
        peer.IsExplicit = false;
        _explicit--;
        ForgetMaybe(peer);
    }

    /// <summary>Never connects to this peer again; a connection that stands goes on.</summary>
    public void Ban(PublicKey key)
    {
        if (Upsert(key) is { } peer) peer.IsBanned = true;
    }

    /// <summary>Whether a peer is banned, or is ourselves.</summary>
    public bool IsRefused(PublicKey key) => key == _self || (_peers.TryGetValue(key, out var peer) && peer.IsBanned);

    /// <summary>Whether a peer is to be connected again once it is gone.</summary>
    public void SetReconnects(PublicKey key, bool reconnects)
    {
        if (_peers.TryGetValue(key, out var peer)) peer.Reconnects = reconnects;
    }

    /// <summary>The topics under which a peer was found.</summary>
    public IReadOnlyList<Topic> TopicsOf(PublicKey key) => _peers.TryGetValue(key, out var peer) ? [.. peer.Topics] : [];

    /// <summary>An attempt succeeded.</summary>
    public void HandleDialed(long id, Instant now)
    {
        if (!_byId.TryGetValue(id, out var link) || link.IsOpen) return;
        _connecting--;
        link.IsOpen = true;
        if (link.IsClosing) return;
        link.Peer.WasClient = true;
        link.Peer.HandleConnected(now);
        _actions.Enqueue(new SwarmAction.Deliver(id, [.. link.Peer.Topics]));
        Tried(link.Peer);
        Work();
    }

    /// <summary>Somebody connected to us.</summary>
    /// <param name="key">Who.</param>
    /// <param name="isExistingUsed">Whether the connection we have with them has carried bytes both ways: then they must have lost it.</param>
    /// <returns>The number of the new connection; the actions say what becomes of it.</returns>
    public long HandleIncoming(PublicKey key, bool isExistingUsed)
    {
        var id = _nextId++;
        if (_isClosed || _isSuspended || IsRefused(key) || Upsert(key) is not { } peer) return Refuse(id, SwarmRefusal.Refused);
        var link = new SwarmLink(id, peer, false) { IsOpen = true };
        if (!_links.TryGetValue(key, out var existing))
        {
            if (_servers >= _limits.MaxServerConnections) return Refuse(id, SwarmRefusal.Full);
            _byId.Add(id, link);
            Accept(link);
            return id;
        }

        // Of two that crossed, the one opened by the larger key stays, on both sides.
        var staysNew = existing.IsClosing || isExistingUsed || _self.Value < key.Value;
        if (!staysNew)
        {
            _actions.Enqueue(new SwarmAction.Probe(existing.Id));
            return Refuse(id, SwarmRefusal.Duplicate);
        }

        if (existing.Successor is { } earlier) Drop(earlier);
        _byId.Add(id, link);
        existing.Successor = link;
        if (!existing.IsClosing) _actions.Enqueue(new SwarmAction.Close(existing.Id, SwarmRefusal.Duplicate));
        existing.IsClosing = true;
        return id;
    }

    /// <summary>A connection closed, or an attempt failed.</summary>
    public void HandleClosed(long id, Instant now)
    {
        if (!_byId.Remove(id, out var link)) return;
        if (!_links.TryGetValue(link.Peer.Key, out var current) || current != link)
        {
            // It waited for its predecessor and did not live to see it go.
            if (current?.Successor == link) current.Successor = null;
            return;
        }

        _links.Remove(link.Peer.Key);
        if (!link.IsOpen) _connecting--;
        if (link.IsInitiator) _clients--;
        else _servers--;
        if (!link.IsOpen) Tried(link.Peer);
        if (link.IsInitiator) link.Peer.HandleDisconnected(now);
        if (link.Successor is { } successor) Accept(successor);
        else if (link.IsInitiator || link.Peer.IsExplicit) RetryLater(link.Peer, now);
        ForgetMaybe(link.Peer);
        Work();
    }

    /// <summary>Waits for everybody who is queued or being connected now; answered by <see cref="SwarmAction.Flushed"/>.</summary>
    public void StartFlush(long flush)
    {
        var waiting = _queue.All.Concat(_links.Values.Where(link => !link.IsOpen).Select(link => link.Peer)).ToHashSet();
        _flushes.Add(new Flush(flush, waiting));
        EndFlushes();
        Work();
    }

    /// <summary>Stops: nobody is connected any more.</summary>
    public void Close()
    {
        _isClosed = true;
        foreach (var flush in _flushes) _actions.Enqueue(new SwarmAction.Flushed(flush.Id));
        _flushes.Clear();
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        while (!_isClosed && _retries.TryPeek(out var peer, out var at) && at <= now)
        {
            _retries.Dequeue();
            if (peer.RetryAt != at) continue;
            peer.RetryAt = Instant.Never;
            if (!_links.ContainsKey(peer.Key) && IsWanted(peer)) Enqueue(peer);
            ForgetMaybe(peer);
        }

        Work();
    }

    private PeerState? Upsert(PublicKey key)
    {
        if (key == _self) return null;
        if (_peers.TryGetValue(key, out var peer)) return peer;
        if (_peers.Count >= _limits.MaxKnownPeers) return null;
        return _peers[key] = new PeerState(key);
    }

    private void Enqueue(PeerState peer)
    {
        if (peer.TryPrioritize()) _queue.Add(peer);
    }

    private void Work()
    {
        while (!_isClosed && !_isSuspended && _connecting < _limits.MaxParallel && _clients < _limits.MaxClientConnections)
        {
            // Peers named by the application do not wait for room.
            var hasRoom = HasRoom();
            if (_queue.Take(peer => hasRoom || peer.IsExplicit) is not { } next) break;
            if (next.IsBanned || !IsWanted(next) || _links.ContainsKey(next.Key)) Skip(next);
            else Dial(next);
        }

        if (_connecting == 0 && (_isSuspended || !HasRoom() || _clients >= _limits.MaxClientConnections)) EndAllFlushes();
    }

    private void Skip(PeerState peer)
    {
        Tried(peer);
        ForgetMaybe(peer);
    }

    private void Dial(PeerState peer)
    {
        var link = new SwarmLink(_nextId++, peer, true);
        peer.RetryAt = Instant.Never;
        _byId.Add(link.Id, link);
        _links.Add(peer.Key, link);
        _connecting++;
        _clients++;
        _actions.Enqueue(new SwarmAction.Dial(link.Id, peer.Key, peer.Relays));
    }

    private void Accept(SwarmLink link)
    {
        _servers++;
        _links.Add(link.Peer.Key, link);
        link.Peer.WasClient = false;
        _actions.Enqueue(new SwarmAction.Deliver(link.Id, [.. link.Peer.Topics]));
    }

    private long Refuse(long id, SwarmRefusal why)
    {
        _actions.Enqueue(new SwarmAction.Close(id, why));
        return id;
    }

    private void Drop(SwarmLink link)
    {
        _byId.Remove(link.Id);
        _actions.Enqueue(new SwarmAction.Close(link.Id, SwarmRefusal.Duplicate));
    }

    private bool IsWanted(PeerState peer) => peer.IsExplicit || peer.Topics.Any(_topics.Contains);

    private void RetryLater(PeerState peer, Instant now)
    {
        if (_isClosed || !IsWanted(peer) || peer.RetryDelay() is not { } delay) return;
        peer.RetryAt = now + (delay * (0.66 + (0.67 * _random.NextDouble())));
        _retries.Enqueue(peer, peer.RetryAt);
    }

    private bool HasRoom()
    {
        var factor = _explicit switch
        {
            0 => 1,
            1 => 2,
            2 or 3 => 3,
            _ => 4,
        };
        return factor * (long)_links.Count < _limits.MaxPeers;
    }

    private void Tried(PeerState peer)
    {
        foreach (var flush in _flushes) flush.Waiting.Remove(peer);
        EndFlushes();
    }

    private void EndFlushes()
    {
        for (var i = _flushes.Count - 1; i >= 0; i--)
        {
            if (_flushes[i].Waiting.Count > 0) continue;
            _actions.Enqueue(new SwarmAction.Flushed(_flushes[i].Id));
            _flushes.RemoveAt(i);
        }
    }

    private void EndAllFlushes()
    {
        foreach (var flush in _flushes) flush.Waiting.Clear();
        EndFlushes();
    }

    private void ForgetMaybe(PeerState peer)
    {
        if (peer.IsForgettable && !_links.ContainsKey(peer.Key)) _peers.Remove(peer.Key);
    }

    private sealed record Flush(long Id, HashSet<PeerState> Waiting);
}
