using System.Buffers;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Dht.Connecting;

/// <summary>A client's way to a peer: nodes that know it, a handshake through one of them, then the shortest path that works.</summary>
/// <remarks>
/// Pure: no I/O, no clock. Call <see cref="Start"/> once, then any <c>Handle…</c>, drain <see cref="TryTake"/>, wait until <see cref="NextTimeout"/>.
/// The first authentic answer wins; an answer that is not authentic costs its node's turn and nothing else, so a lying node cannot spoil the attempt.
/// With a blind relay the attempt goes two ways at once: the stream connects through the relay as soon as both sides are there, and the direct ways are tried
/// all the same. A relay that is first connects the stream, and a direct path moves it later. A direct path that is first waits a little for the relay: a
/// server of the reference that was joined there meanwhile has sent its first words to the relay, and repeats them only there. It would die if we never came:
/// what is not joined by then goes on beside the direct path.
/// Source: network.md §3.7, §3.10.
/// </remarks>
internal sealed class ConnectCore
{
    /// <summary>How many handshakes are under way at once.</summary>
    public const int MaxParallel = 3;

    /// <summary>How long a node that knew the peer the last time is trusted to answer alone, before all others are asked too.</summary>
    public static readonly TimeSpan Trust = TimeSpan.FromMilliseconds(300);

    /// <summary>How many nodes are asked in one attempt.</summary>
    public const int MaxNodes = 32;

    /// <summary>How long a server that can reach us may take to do so.</summary>
    public static readonly TimeSpan PassiveWait = TimeSpan.FromSeconds(10);

    /// <summary>How long a direct path that is there waits for the relay.</summary>
    public static readonly TimeSpan RelayLead = TimeSpan.FromMilliseconds(1500);

    /// <summary>How many relays are dialled at once.</summary>
    public const int MaxRelays = 3;

    private readonly ConnectPlan _plan;
    private readonly Queue<ConnectAction> _actions = new();
    private readonly Queue<UdpAddress> _waitingNodes = new();
    private readonly HashSet<UdpAddress> _metNodes = [];
    private readonly bool _hasSeeds;
    private Instant _deadline = Instant.Never;
    private UdpAddress? _reachedFrom;
    private int _underWay;
    private Instant _trustedUntil = Instant.Never;
    private int _searches;
    private bool _isSearching;
    private bool _wasFound;
    private bool _pingsNeighbour;
    private bool _isPunching;
    private PublicKey? _relay;
    private PublicKey? _meetingAt;
    private Instant _relayDeadline = Instant.Never;
    private ConnectAction.Connect? _held;
    private Instant _heldUntil = Instant.Never;
    private bool _isRelayed;
    private bool _usesRelays;
    private RelayThrough? _spare;
    private ConnectFailure _lastFailure = ConnectFailure.CannotHolepunch;

    /// <summary>Prepares; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The peer's public key is no key.</exception>
    public ConnectCore(ConnectPlan plan)
    {
        _plan = plan;
        _hasSeeds = plan.KnownRelays.Count > 0;
        // With several relays to choose from, the choice waits until the first message is sent.
        if (plan.Relays.Count <= 1) WriteRequest();
    }

    /// <summary>The Noise message to send to each node; empty before the first is to be sent.</summary>
    public ReadOnlyMemory<byte> Request { get; private set; }

    /// <summary>What the peer said of itself, once it has answered.</summary>
    public PeerPayload? Remote { get; private set; }

    /// <summary>The agreed keys, once it has answered; the shell takes and disposes them.</summary>
    public NoiseResult? Keys { get; private set; }

    /// <summary>Whether the attempt has come to an end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Every node that was asked, for the next time.</summary>
    public IReadOnlyCollection<UdpAddress> Nodes => _metNodes;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => IsDone ? Instant.Never : Instant.Min(Instant.Min(_trustedUntil, _heldUntil), Instant.Min(_deadline, _relayDeadline));

    /// <summary>Whether the stream goes through a relay while a direct path is still looked for.</summary>
    public bool IsUpgrading => _isRelayed && !IsDone;

    /// <summary>Whether a direct path is there already, and waits for the relay.</summary>
    public bool IsHolding => _held is not null;

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTake(out ConnectAction action) => _actions.TryDequeue(out action!);

    /// <summary>Whether a relay connects the peers, or may do so yet.</summary>
    public bool HasRelay => _relay is not null || Remote?.RelayThrough is not null;

    /// <summary>Begins: with the nodes that knew the peer the last time, if there are any, and a search when they do not help at once.</summary>
    public void Start(Instant now)
    {
        foreach (var relay in _plan.Relays.Take(MaxRelays)) _actions.Enqueue(new ConnectAction.DialRelay(relay));
        _usesRelays = _plan.Relays.Count > 0;
        foreach (var node in _plan.KnownRelays) Meet(node);
        if (_hasSeeds) _trustedUntil = now + Trust;
        else Search([]);
        Dispatch();
    }

    /// <summary>A node knows the peer.</summary>
    public void HandleFound(UdpAddress node)
    {
        if (IsDone || Remote is not null) return;
        _wasFound = true;
        Meet(node);
        Dispatch();
    }

    /// <summary>The search is over.</summary>
    public void HandleSearchEnd()
    {
        _isSearching = false;
        if (IsDone || Remote is not null) return;

        // Seeds may have led astray: once more from our own table.
        if (_hasSeeds && _searches == 1) Search([]);
        else FailIfIdle();
    }

    /// <summary>A node answered the handshake.</summary>
    /// <param name="node">The node.</param>
    /// <param name="answer">Its answer.</param>
    /// <param name="seen">Where it sees us.</param>
    /// <param name="now">The present.</param>
    public void HandleAnswer(UdpAddress node, HandshakeMessage? answer, UdpAddress seen, Instant now)
    {
        _underWay--;
        if (IsDone || Remote is not null) return;
        if (answer is null || answer.Mode != RouteMode.Reply || answer.Noise.IsEmpty || !TryAgree(answer.Noise.Span))
        {
            Dispatch();
            FailIfIdle();
            return;
        }

        Decide(node, answer.PeerAddress, seen, now);
    }

    /// <summary>A node did not answer the handshake.</summary>
    public void HandleNoAnswer()
    {
        _underWay--;
        if (IsDone || Remote is not null) return;
        Dispatch();
        FailIfIdle();
    }

    /// <summary>A relay is connected, before anybody asked to meet there: of several, the quickest is the one to name.</summary>
    public void HandleRelayReady(PublicKey relay) => _relay ??= relay;

    /// <summary>We and the peer are joined at the relay.</summary>
    public void HandleRelayed()
    {
        _relayDeadline = Instant.Never;
        if (IsDone || _isRelayed) return;
        _isRelayed = true;
        _actions.Enqueue(new ConnectAction.Connect(ConnectSocket.Relay, default, ConnectionKind.Relayed));
        if (_held is { } direct) Connect(direct.Socket, direct.To, direct.Kind);
        else GiveUpIfHopeless();
    }

    /// <summary>The relay did not join us, or is not to be had.</summary>
    public void HandleRelayFailed(Instant now)
    {
        if (IsDone || _relayDeadline == Instant.Never) return;
        _relayDeadline = Instant.Never;
        if (_spare is { } spare)
        {
            _spare = null;
            Pair(spare, isInitiator: true, now);
            return;
        }

        if (_lastFailure == ConnectFailure.CannotHolepunch) _lastFailure = ConnectFailure.RelayAborted;
        if (_held is { } direct) Connect(direct.Socket, direct.To, direct.Kind);
        else GiveUpIfHopeless();
    }

    /// <summary>The stream is over, before a direct path was found.</summary>
    public void HandleClosed() => IsDone = true;

    /// <summary>The peer's first packet arrived for our stream.</summary>
    public void HandleReached(UdpAddress from)
    {
        if (IsDone) return;
        _reachedFrom ??= from;
        if (Remote is not null) Connect(ConnectSocket.Reached, from, Reaching(from));
    }

    /// <summary>The neighbour answered, or did not.</summary>
    public void HandleNeighbour(UdpAddress address, bool hasAnswered, Instant now)
    {
        _pingsNeighbour = false;
        if (IsDone) return;
        if (hasAnswered) ConnectOrHold(new ConnectAction.Connect(ConnectSocket.Server, address, ConnectionKind.Lan), now);
        else GiveUpIfHopeless();
    }

    /// <summary>The punch is through.</summary>
    public void HandlePunched(UdpAddress to, Instant now)
    {
        if (!IsDone) ConnectOrHold(new ConnectAction.Connect(ConnectSocket.Punch, to, ConnectionKind.HolePunched), now);
    }

    /// <summary>The punch came to nothing.</summary>
    public void HandlePunchFailed(ConnectFailure why)
    {
        _isPunching = false;
        _lastFailure = why;
        if (!IsDone) GiveUpIfHopeless();
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        if (IsDone) return;
        if (now >= _relayDeadline) HandleRelayFailed(now);
        if (!IsDone && now >= _heldUntil) Connect(_held!.Socket, _held.To, _held.Kind);
        if (!IsDone && now >= _trustedUntil) Distrust();
        if (IsDone || now < _deadline) return;
        _deadline = Instant.Never;
        _lastFailure = ConnectFailure.HolepunchAborted;
        GiveUpIfHopeless();
    }

    private void WriteRequest()
    {
        _relay ??= _plan.Relays.Count > 0 ? _plan.Relays[0] : null;
        var ours = _relay is { } relay ? _plan.Ours with { RelayThrough = new RelayThrough(relay, _plan.RelayToken) } : _plan.Ours;
        var buffer = new ArrayBufferWriter<byte>(512);
        if (!_plan.Handshake.TryWriteMessage(ours.Encode(), buffer)) throw new ArgumentException("The remote public key is not an acceptable Ed25519 point.");
        Request = buffer.WrittenSpan.ToArray();
    }

    private void Meet(UdpAddress node)
    {
        if (_metNodes.Count < MaxNodes && _metNodes.Add(node)) _waitingNodes.Enqueue(node);
    }

    private void Search(IReadOnlyList<UdpAddress> seeds)
    {
        _searches++;
        _isSearching = true;
        _actions.Enqueue(new ConnectAction.FindPeer(seeds));
    }

    private void Dispatch()
    {
        var limit = _trustedUntil == Instant.Never ? MaxParallel : 1;
        while (_underWay < limit && _waitingNodes.TryDequeue(out var node))
        {
            _underWay++;
            if (Request.IsEmpty) WriteRequest();
            _actions.Enqueue(new ConnectAction.Handshake(node));
        }
    }

    private void Distrust()
    {
        _trustedUntil = Instant.Never;
        Search(_plan.KnownRelays);
        Dispatch();
    }

    private void FailIfIdle()
    {
        if (_underWay > 0 || _isSearching || IsDone) return;
        if (_searches == 0) Distrust();
        else Fail(_wasFound ? ConnectFailure.PeerConnectionFailed : ConnectFailure.PeerNotFound);
    }

    private bool TryAgree(ReadOnlySpan<byte> noise)
    {
        if (!_plan.Handshake.TryReadMessage(noise, out var bytes)) return false;
        Remote = PeerPayload.TryDecode(bytes) ?? new PeerPayload { Error = PeerError.Aborted };
        Keys = _plan.Handshake.Finish();
        return true;
    }

    private void Decide(UdpAddress node, UdpAddress? serverAtNode, UdpAddress seen, Instant now)
    {
        _waitingNodes.Clear();
        _trustedUntil = Instant.Never;
        var remote = Remote!;
        if (remote.Version != PeerPayload.CurrentVersion) Fail(ConnectFailure.ServerIncompatible);
        else if (remote.Error == PeerError.VersionMismatch) Fail(ConnectFailure.ServerIncompatible);
        else if (remote.Error != PeerError.None || remote.Stream is null) Fail(ConnectFailure.ServerError);
        else if (_reachedFrom is { } from) Connect(ConnectSocket.Reached, from, Reaching(from));
        else if (serverAtNode is not { } server) Connect(ConnectSocket.Default, node, AddressScope.IsPrivate(node) ? ConnectionKind.Lan : ConnectionKind.Direct);
        else ChoosePath(remote, node, server, seen, now);
    }

    // The server's proposal counts, and else our own. Should theirs be dead, a server of ours comes to our own as well. Source: network.md §7.
    private void MeetAtRelay(PeerPayload remote, Instant now)
    {
        var ours = _relay is { } relay ? new RelayThrough(relay, _plan.RelayToken) : null;
        if (remote.RelayThrough is { } theirs)
        {
            _spare = ours;
            Pair(theirs, isInitiator: false, now);
        }
        else if (ours is not null)
        {
            Pair(ours, isInitiator: true, now);
        }
    }

    private void Pair(RelayThrough at, bool isInitiator, Instant now)
    {
        _usesRelays = true;
        _meetingAt = at.PublicKey;
        _relayDeadline = now + RelayLeg.Patience;
        _actions.Enqueue(new ConnectAction.Pair(at, isInitiator));
    }

    private void ChoosePath(PeerPayload remote, UdpAddress relay, UdpAddress server, UdpAddress seen, Instant now)
    {
        var offer = remote.Holepunch is { Relays.Count: > 0 } some ? some : null;
        if (remote.Firewall == NatKind.Open || offer is null)
        {
            var open = remote.Addresses.Where(address => !AddressScope.IsBogon(address)).Append(server).First();
            Connect(ConnectSocket.Default, open, ConnectionKind.Direct);
            return;
        }

        MeetAtRelay(remote, now);
        if (_plan.Ours.Firewall == NatKind.Open)
        {
            _deadline = now + PassiveWait;
            return;
        }

        if (_plan.UsesLan && AddressScope.SameHost(seen, server)) TryNeighbour(remote);
        _isPunching = true;
        _actions.Enqueue(new ConnectAction.Punch(offer, server, relay));
    }

    private void TryNeighbour(PeerPayload remote)
    {
        var theirs = remote.Addresses.Where(address => !AddressScope.IsReserved(address)).ToArray();
        if (theirs.Length == 0) return;
        _pingsNeighbour = true;
        _actions.Enqueue(new ConnectAction.PingNeighbour(AddressScope.BestMatch(_plan.LocalAddresses, theirs) ?? theirs[0]));
    }

    private ConnectionKind Reaching(UdpAddress from)
    {
        if (AddressScope.IsPrivate(from)) return ConnectionKind.Lan;
        return _isPunching ? ConnectionKind.HolePunched : ConnectionKind.Direct;
    }

    // A server that reached us first needs no such care: it has connected directly itself.
    private void ConnectOrHold(ConnectAction.Connect direct, Instant now)
    {
        if (_isRelayed || _relayDeadline == Instant.Never)
        {
            Connect(direct.Socket, direct.To, direct.Kind);
            return;
        }

        if (_held is not null) return;
        _held = direct;
        _heldUntil = now + RelayLead;
    }

    private void Connect(ConnectSocket socket, UdpAddress to, ConnectionKind kind)
    {
        IsDone = true;
        if (_isRelayed)
        {
            _actions.Enqueue(new ConnectAction.Move(socket, to, kind));
            return;
        }

        // Before the peer can hear of us by the direct path.
        if (_meetingAt is { } relay && _relayDeadline != Instant.Never) _actions.Enqueue(new ConnectAction.KeepRelay(relay));
        else if (_usesRelays) _actions.Enqueue(new ConnectAction.DropRelays());
        _actions.Enqueue(new ConnectAction.Connect(socket, to, kind));
    }

    private void GiveUpIfHopeless()
    {
        if (_pingsNeighbour || _isPunching || _held is not null || _deadline != Instant.Never || _relayDeadline != Instant.Never) return;
        if (_isRelayed) Stay();
        else Fail(_lastFailure);
    }

    private void Stay()
    {
        IsDone = true;
        _actions.Enqueue(new ConnectAction.Stay());
    }

    private void Fail(ConnectFailure why)
    {
        IsDone = true;
        _actions.Enqueue(new ConnectAction.Fail(why));
    }
}
