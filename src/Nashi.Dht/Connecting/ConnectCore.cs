using System.Buffers;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.SecretStream;

namespace Nashi.Dht.Connecting;

/// <summary>A client's way to a peer: nodes that know it, a handshake through one of them, then the shortest path that works.</summary>
/// <remarks>
/// Pure: no I/O, no clock. Call <see cref="Start"/> once, then any <c>Handle…</c>, drain <see cref="TryTake"/>, wait until <see cref="NextTimeout"/>.
/// The first authentic answer wins; an answer that is not authentic costs its node's turn and nothing else, so a lying relay cannot spoil the attempt.
/// Source: network.md §3.7.
/// </remarks>
internal sealed class ConnectCore
{
    /// <summary>How many handshakes are under way at once.</summary>
    public const int MaxParallel = 3;

    /// <summary>How many nodes are asked in one attempt.</summary>
    public const int MaxNodes = 32;

    /// <summary>How long a server that can reach us may take to do so.</summary>
    public static readonly TimeSpan PassiveWait = TimeSpan.FromSeconds(10);

    private readonly ConnectPlan _plan;
    private readonly Queue<ConnectAction> _actions = new();
    private readonly Queue<UdpAddress> _waitingNodes = new();
    private readonly HashSet<UdpAddress> _metNodes = [];
    private readonly bool _hasSeeds;
    private Instant _deadline = Instant.Never;
    private UdpAddress? _reachedFrom;
    private int _underWay;
    private int _searches;
    private bool _isSearching;
    private bool _wasFound;
    private bool _pingsNeighbour;
    private bool _isPunching;
    private ConnectFailure _lastFailure = ConnectFailure.CannotHolepunch;

    /// <summary>Writes our handshake message; nothing is sent yet.</summary>
    /// <exception cref="ArgumentException">The peer's public key is no key.</exception>
    public ConnectCore(ConnectPlan plan)
    {
        _plan = plan;
        _hasSeeds = plan.KnownRelays.Count > 0;
        var buffer = new ArrayBufferWriter<byte>(512);
        if (!plan.Handshake.TryWriteMessage(plan.Ours.Encode(), buffer))
            throw new ArgumentException("The remote public key is not an acceptable Ed25519 point.", nameof(plan));
        Request = buffer.WrittenSpan.ToArray();
    }

    /// <summary>The Noise message to send to each node.</summary>
    public ReadOnlyMemory<byte> Request { get; }

    /// <summary>What the peer said of itself, once it has answered.</summary>
    public PeerPayload? Remote { get; private set; }

    /// <summary>The agreed keys, once it has answered; the shell takes and disposes them.</summary>
    public NoiseResult? Keys { get; private set; }

    /// <summary>Whether the attempt has come to an end.</summary>
    public bool IsDone { get; private set; }

    /// <summary>Every node that was asked, for the next time.</summary>
    public IReadOnlyCollection<UdpAddress> Nodes => _metNodes;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => IsDone ? Instant.Never : _deadline;

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTake(out ConnectAction action) => _actions.TryDequeue(out action!);

    /// <summary>Begins.</summary>
    public void Start()
    {
        foreach (var relay in _plan.KnownRelays) Meet(relay);
        Search(_plan.KnownRelays);
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

    /// <summary>The peer's first packet arrived for our stream.</summary>
    public void HandleReached(UdpAddress from)
    {
        if (IsDone) return;
        _reachedFrom ??= from;
        if (Remote is not null) Connect(ConnectSocket.Reached, from, Reaching(from));
    }

    /// <summary>The neighbour answered, or did not.</summary>
    public void HandleNeighbour(UdpAddress address, bool hasAnswered)
    {
        _pingsNeighbour = false;
        if (IsDone) return;
        if (hasAnswered) Connect(ConnectSocket.Server, address, ConnectionKind.Lan);
        else if (!_isPunching) Fail(_lastFailure);
    }

    /// <summary>The punch is through.</summary>
    public void HandlePunched(UdpAddress to)
    {
        if (!IsDone) Connect(ConnectSocket.Punch, to, ConnectionKind.HolePunched);
    }

    /// <summary>The punch came to nothing.</summary>
    public void HandlePunchFailed(ConnectFailure why)
    {
        _isPunching = false;
        _lastFailure = why;
        if (!IsDone && !_pingsNeighbour) Fail(why);
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        if (!IsDone && now >= _deadline) Fail(ConnectFailure.HolepunchAborted);
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
        while (_underWay < MaxParallel && _waitingNodes.TryDequeue(out var node))
        {
            _underWay++;
            _actions.Enqueue(new ConnectAction.Handshake(node));
        }
    }

    private void FailIfIdle()
    {
        if (_underWay > 0 || _isSearching || IsDone) return;
        Fail(_wasFound ? ConnectFailure.PeerConnectionFailed : ConnectFailure.PeerNotFound);
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
        var remote = Remote!;
        if (remote.Version != PeerPayload.CurrentVersion) Fail(ConnectFailure.ServerIncompatible);
        else if (remote.Error == PeerError.VersionMismatch) Fail(ConnectFailure.ServerIncompatible);
        else if (remote.Error != PeerError.None || remote.Stream is null) Fail(ConnectFailure.ServerError);
        else if (_reachedFrom is { } from) Connect(ConnectSocket.Reached, from, Reaching(from));
        else if (serverAtNode is not { } server) Connect(ConnectSocket.Default, node, AddressScope.IsPrivate(node) ? ConnectionKind.Lan : ConnectionKind.Direct);
        else ChoosePath(remote, node, server, seen, now);
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

    private void Connect(ConnectSocket socket, UdpAddress to, ConnectionKind kind)
    {
        IsDone = true;
        _actions.Enqueue(new ConnectAction.Connect(socket, to, kind));
    }

    private void Fail(ConnectFailure why)
    {
        IsDone = true;
        _actions.Enqueue(new ConnectAction.Fail(why));
    }
}
