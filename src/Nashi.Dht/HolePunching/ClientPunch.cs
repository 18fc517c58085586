using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>The client's side of a hole punch: probe through the server's relay, learn both translators, agree through our own relay, knock.</summary>
/// <remarks>
/// Pure. Call <see cref="Start"/> once, then any <c>Handle…</c>, drain <see cref="TryTake"/>, and wait until <see cref="NextTimeout"/>. The token the
/// server hands out over its own relay comes back to it over ours, and ours the other way round: that proves the addresses. Source: network.md §3.9.
/// </remarks>
internal sealed class ClientPunch : IPunchCore
{
    private static readonly TimeSpan RemoteThinks = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SamplingDeadline = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(10);
    private const int MaxReopens = 3;
    private const int MaxWaits = 12;

    private readonly Queue<PunchAction> _actions = new();
    private readonly List<PunchKnock> _knocks = [];
    private readonly Puncher _puncher;
    private readonly RelayRoute _serverRelay;
    private readonly UdpAddress _ourRelay;
    private readonly PunchSetup _setup;
    private UdpAddress _server;
    private UdpAddress _serverAtRelay;
    private Bytes32? _remoteToken;
    private Bytes32? _ourToken;
    private Phase _phase = Phase.Probing;
    private Instant _deadline = Instant.Never;
    private ulong _round;
    private int _reopens;
    private int _waits;
    private bool _probedAgain;
    private bool _isDelayed;

    /// <summary>Prepares.</summary>
    /// <param name="offer">How the server can be asked; with at least one relay.</param>
    /// <param name="server">Where our relay sees the server.</param>
    /// <param name="ourRelay">The node that carried our handshake.</param>
    /// <param name="setup">What else there is to know.</param>
    public ClientPunch(HolepunchOffer offer, UdpAddress server, UdpAddress ourRelay, PunchSetup setup)
    {
        _puncher = new Puncher(true, setup);
        var shared = offer.Relays.Where(route => route.Relay == ourRelay).Take(1).ToArray();
        _serverRelay = shared.Length > 0 ? shared[0] : offer.Relays[0];
        _server = _serverAtRelay = server;
        _ourRelay = ourRelay;
        _setup = setup;
    }

    private enum Phase
    {
        Probing,
        Pausing,
        Sampling,
        Agreeing,
        Telling,
        Waiting,
        Knocking,
        Done,
    }

    /// <summary>What is known of both sides.</summary>
    public Puncher Puncher => _puncher;

    /// <summary>Whether it has come to an end.</summary>
    public bool IsDone => _phase == Phase.Done;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => _phase == Phase.Done ? Instant.Never : Instant.Min(_deadline, _puncher.NextTimeout);

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTake(out PunchAction action) => _actions.TryDequeue(out action!);

    /// <summary>Begins.</summary>
    public void Start()
    {
        if (_setup.OpensEarly) Open(_server);
        _actions.Enqueue(new PunchAction.Sample());
        Probe();
    }

    /// <summary>A node told where it sees the punch socket.</summary>
    public void HandleSample(UdpAddress seen, UdpAddress node, Instant now)
    {
        _puncher.Nat.Add(seen, node);
        if (_phase == Phase.Sampling && _puncher.Nat.IsSettled) Judge(now);
    }

    /// <summary>No other node will tell.</summary>
    public void HandleSamplingEnd(Instant now)
    {
        _puncher.Nat.Exhaust();
        if (_phase == Phase.Sampling) Judge(now);
    }

    /// <summary>The server answered our last message.</summary>
    /// <param name="payload">What it said; null when it was not authentic.</param>
    /// <param name="serverAtRelay">Where the relay sees the server now.</param>
    /// <param name="seen">Where the relay sees us.</param>
    /// <param name="relay">The relay.</param>
    /// <param name="now">The present.</param>
    public void HandleAnswer(PunchPayload? payload, UdpAddress serverAtRelay, UdpAddress seen, UdpAddress relay, Instant now)
    {
        if (_phase is not (Phase.Probing or Phase.Agreeing or Phase.Telling)) return;
        if (payload is null) Fail(ConnectFailure.HolepunchInvalid, now);
        else if (payload.Error == PeerError.TryLater && _setup.IsRelayed && _phase == Phase.Agreeing) LearnToWait(payload, now);
        else if (payload.Error != PeerError.None) Fail(WhyAborted(payload), now);
        else if (_phase == Phase.Probing) LearnFromProbe(payload, serverAtRelay, seen, relay, now);
        else if (_phase == Phase.Telling) LearnToWait(payload, now);
        else LearnFromAgreement(payload, now);
    }

    /// <summary>Nobody answered our last message.</summary>
    public void HandleNoAnswer(Instant now)
    {
        if (_phase == Phase.Probing) Fail(ConnectFailure.HolepunchProbeTimeout, now);
        else if (_phase is Phase.Agreeing or Phase.Telling) Fail(ConnectFailure.HolepunchAborted, now);
    }

    /// <summary>The server's knock arrived at one of our sockets: the way is open.</summary>
    public void HandleKnock(UdpAddress from, int socket, Instant now)
    {
        if (_phase == Phase.Done) return;
        Close(now);
        _actions.Enqueue(new PunchAction.Connect(from, socket));
    }

    /// <summary>Another path was quicker, or the attempt is over.</summary>
    public void Close(Instant now)
    {
        _phase = Phase.Done;
        _puncher.Close(now);
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        if (_phase == Phase.Done) return;
        if (now >= _deadline) HandleDeadline(now);
        if (_phase != Phase.Knocking) return;
        _puncher.HandleTimeout(_knocks, now);
        foreach (var knock in _knocks) _actions.Enqueue(new PunchAction.Knock(knock));
        _knocks.Clear();
        if (_puncher.HasGivenUp) Fail(ConnectFailure.HolepunchAborted, now);
    }

    private void HandleDeadline(Instant now)
    {
        _deadline = Instant.Never;
        if (_phase == Phase.Sampling) _puncher.Nat.Exhaust();
        if (_phase is Phase.Sampling or Phase.Pausing) Judge(now);
        else if (_phase == Phase.Waiting) AskToPunch(now);
    }

    private void Probe()
    {
        _phase = Phase.Probing;
        Ask(_serverRelay.Relay, _serverRelay.Peer, new PunchPayload { RemoteAddress = _setup.OpensEarly ? _server : null });
    }

    private void LearnFromProbe(PunchPayload payload, UdpAddress serverAtRelay, UdpAddress seen, UdpAddress relay, Instant now)
    {
        _puncher.UpdateRemote(payload, serverAtRelay, false);
        _puncher.Nat.Add(seen, relay);
        _serverAtRelay = serverAtRelay;
        _remoteToken = payload.Token;
        if (_puncher.RemoteKind != NatKind.Unknown)
        {
            Judge(now);
            return;
        }

        // It may be waiting whether its first knock already gets through.
        _phase = Phase.Pausing;
        _deadline = now + RemoteThinks;
    }

    private void Judge(Instant now)
    {
        if (!_puncher.Nat.IsSettled)
        {
            _phase = Phase.Sampling;
            _deadline = now + SamplingDeadline;
            return;
        }

        _deadline = Instant.Never;
        if (_puncher.IsUnstable && _reopens < MaxReopens)
        {
            Reopen(now);
            return;
        }

        var isReady = _remoteToken is not null && _puncher.RemoteKind != NatKind.Unknown && _reopens == 0;
        if (!isReady && !_probedAgain && !_puncher.IsUnstable)
        {
            _probedAgain = true;
            Probe();
            return;
        }

        if (_puncher.RemoteKind == NatKind.Unknown || _puncher.Nat.Kind == NatKind.Unknown) GiveUp(ConnectFailure.HolepunchProbeTimeout, now);
        else if (_puncher.IsHopeless) GiveUp(ConnectFailure.HolepunchDoubleRandomizedNats, now);
        else if (!_puncher.IsAllowed()) GiveUp(ConnectFailure.HolepunchAborted, now);
        else Agree(now);
    }

    private void Reopen(Instant now)
    {
        _reopens++;
        _probedAgain = false;
        _puncher.ResetNat();
        _phase = Phase.Sampling;
        _deadline = now + SamplingDeadline;
        _actions.Enqueue(new PunchAction.Reopen());
        _actions.Enqueue(new PunchAction.Sample());
    }

    private void Agree(Instant now)
    {
        // Only when both use one relay does its newer view of the server hold for the message we send next.
        if (_serverRelay.Relay == _ourRelay && _serverAtRelay != _server)
        {
            _server = _serverAtRelay;
            Open(_server);
        }

        _puncher.Nat.Freeze();
        _ourToken = _setup.TokenFor(_server);
        AskToPunch(now);
    }

    private void AskToPunch(Instant now)
    {
        if (_puncher.TryTakeTurn(now)) Ask(Phase.Agreeing);
        else if (!_setup.IsRelayed) GiveUp(ConnectFailure.HolepunchAborted, now);
        else if (!_isDelayed) Ask(Phase.Telling);
        else WaitForTurn(now);
    }

    // The tokens go over our relay once; whoever has to wait speaks over the server's from then on, which it keeps open.
    private void Ask(Phase phase)
    {
        _phase = phase;
        var payload = new PunchPayload { Punching = phase == Phase.Agreeing, RemoteToken = _remoteToken };
        if (_isDelayed) Ask(_serverRelay.Relay, _serverRelay.Peer, payload);
        else Ask(_ourRelay, _server, payload with { Token = _ourToken });
    }

    private void LearnToWait(PunchPayload payload, Instant now)
    {
        Learn(payload);
        _isDelayed = true;
        WaitForTurn(now);
    }

    private void WaitForTurn(Instant now)
    {
        _puncher.Close(now);
        _phase = Phase.Waiting;
        _deadline = now + ShortestWait + (_setup.Random.NextDouble() * ShortestWait);
        if (++_waits > MaxWaits) GiveUp(ConnectFailure.HolepunchAborted, now);
    }

    private void LearnFromAgreement(PunchPayload payload, Instant now)
    {
        Learn(payload);
        if (!_puncher.RemotePunches) Fail(ConnectFailure.RemoteNotHolepunching, now);
        else if (!_puncher.TryStart(now)) Fail(ConnectFailure.RemoteNotHolepunchable, now);
        else Knock(now);
    }

    private void Knock(Instant now)
    {
        _phase = Phase.Knocking;
        HandleTimeout(now);
    }

    private void Learn(PunchPayload payload) =>
        _puncher.UpdateRemote(payload, _server, payload.RemoteToken is { } echo && echo == _ourToken);

    private ConnectFailure WhyAborted(PunchPayload payload) =>
        payload.Firewall == NatKind.Random && _puncher.Nat.Kind == NatKind.Random ? ConnectFailure.HolepunchDoubleRandomizedNats : ConnectFailure.RemoteAborted;

    private void GiveUp(ConnectFailure why, Instant now)
    {
        _actions.Enqueue(new PunchAction.Ask(
            _serverRelay.Relay, _serverRelay.Peer, new PunchPayload { Error = PeerError.Aborted, Round = _round++ }));
        Fail(why, now);
    }

    private void Fail(ConnectFailure why, Instant now)
    {
        Close(now);
        _actions.Enqueue(new PunchAction.Fail(why));
    }

    private void Open(UdpAddress address)
    {
        if (!AddressScope.IsReserved(address) && address.Port != 0) _actions.Enqueue(new PunchAction.Knock(new(address, true)));
    }

    private void Ask(UdpAddress relay, UdpAddress peer, PunchPayload payload) => _actions.Enqueue(new PunchAction.Ask(
        relay, peer, payload with { Firewall = _puncher.Nat.Kind, Addresses = _puncher.Nat.Addresses, Round = _round++ }));
}
