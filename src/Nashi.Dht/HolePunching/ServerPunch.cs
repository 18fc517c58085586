using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>The server's side of a hole punch: answer each message once our translator is known, knock early when that may save a round.</summary>
/// <remarks>
/// Pure. Messages wait, at most <see cref="MaxWaiting"/> of them, until the samples are in. We are connected when the first UDX packet comes, which the
/// shell notices; then it just drops this. Source: network.md §3.9.
/// </remarks>
internal sealed class ServerPunch : IPunchCore
{
    /// <summary>How many messages may wait for the samples.</summary>
    public const int MaxWaiting = 4;

    /// <summary>How long a client may take until it knocks.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxReopens = 3;
    // Each message costs an answer and perhaps a knock, each answered knock a knock: an honest client needs a handful.
    private const int MaxMessages = 64;
    private const int MaxAnsweredKnocks = 40;
    private static readonly TimeSpan RelayedPatience = TimeSpan.FromSeconds(60);

    private readonly Queue<PunchAction> _actions = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly List<PunchKnock> _knocks = [];
    private readonly Puncher _puncher;
    private readonly PunchSetup _setup;
    private Instant _deadline;
    private ulong _round;
    private int _reopens;
    private int _messages;
    private int _answeredKnocks;
    private bool _isDone;

    /// <summary>Starts to sample and to wait for the client's first message.</summary>
    public ServerPunch(PunchSetup setup, Instant now)
    {
        _puncher = new Puncher(false, setup);
        _setup = setup;
        _deadline = now + Patience;
        _actions.Enqueue(new PunchAction.Sample());
    }

    /// <summary>What is known of both sides.</summary>
    public Puncher Puncher => _puncher;

    /// <summary>Whether it has come to an end.</summary>
    public bool IsDone => _isDone;

    /// <summary>When to call <see cref="HandleTimeout"/>.</summary>
    public Instant NextTimeout => _isDone ? Instant.Never : Instant.Min(_deadline, _puncher.NextTimeout);

    /// <summary>Takes the next thing to do.</summary>
    public bool TryTake(out PunchAction action) => _actions.TryDequeue(out action!);

    /// <summary>The client sent a message.</summary>
    /// <param name="request">The shell's number of the request, for the answer.</param>
    /// <param name="payload">What it says; authentic.</param>
    /// <param name="client">Where the relay sees the client.</param>
    /// <param name="cameOverOurRelay">Whether a node we announced at carried it: only then are tokens given and believed.</param>
    /// <param name="now">The present.</param>
    public void HandleMessage(int request, PunchPayload payload, UdpAddress client, bool cameOverOurRelay, Instant now)
    {
        if (_isDone || _waiting.Count >= MaxWaiting || _messages++ >= MaxMessages) return;
        if (payload.Error != PeerError.None)
        {
            Abort(request, PeerError.Aborted, now);
            return;
        }

        if (_setup.IsRelayed && !_puncher.IsPunching) _deadline = now + RelayedPatience;
        if (payload.Round >= _round)
        {
            _round = payload.Round;
            var isEchoed = cameOverOurRelay && payload.RemoteToken is { } echo && echo == _setup.TokenFor(client);
            _puncher.UpdateRemote(payload, client, isEchoed);
        }

        _waiting.Enqueue(new(request, payload, client, cameOverOurRelay));
        Work(now);
    }

    /// <summary>A node told where it sees the punch socket.</summary>
    public void HandleSample(UdpAddress seen, UdpAddress node, Instant now)
    {
        _puncher.Nat.Add(seen, node);
        Work(now);
    }

    /// <summary>No other node will tell.</summary>
    public void HandleSamplingEnd(Instant now)
    {
        _puncher.Nat.Exhaust();
        Work(now);
    }

    /// <summary>A knock arrived: knock back, so that the client sees that the way is open.</summary>
    public void HandleKnock(UdpAddress from, int socket)
    {
        if (!_isDone && _answeredKnocks++ < MaxAnsweredKnocks) _actions.Enqueue(new PunchAction.Knock(new(from, false, socket)));
    }

    /// <summary>The client is here, or the handshake is over.</summary>
    public void Close(Instant now)
    {
        _isDone = true;
        _puncher.Close(now);
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        if (_isDone) return;
        _puncher.HandleTimeout(_knocks, now);
        foreach (var knock in _knocks) _actions.Enqueue(new PunchAction.Knock(knock));
        _knocks.Clear();
        if (now >= _deadline || _puncher.HasGivenUp) End(now);
    }

    private void Work(Instant now)
    {
        while (!_isDone && _puncher.Nat.IsSettled && _waiting.TryPeek(out var message))
        {
            if (_puncher.IsUnstable && !_puncher.RemotePunches && _reopens < MaxReopens)
            {
                Reopen();
                return;
            }

            _waiting.Dequeue();
            Reply(message, now);
        }
    }

    private void Reopen()
    {
        _reopens++;
        _puncher.ResetNat();
        _actions.Enqueue(new PunchAction.Reopen());
        _actions.Enqueue(new PunchAction.Sample());
    }

    private void Reply(Waiting message, Instant now)
    {
        if (_puncher.IsUnstable && !_puncher.RemotePunches)
        {
            Abort(message.Request, PeerError.Aborted, now);
            return;
        }

        if (IsOpenedTowardsUs(message)) _actions.Enqueue(new PunchAction.Knock(new(message.Client, false)));
        if (_puncher.RemotePunches && !TryPunch(message, now)) return;
        if (_puncher.Nat.Kind != NatKind.Unknown) _puncher.Nat.Freeze();
        Answer(message, PeerError.None);
    }

    private void Answer(Waiting message, PeerError error) => _actions.Enqueue(new PunchAction.Answer(message.Request, new PunchPayload
    {
        Error = error,
        Firewall = _puncher.Nat.Kind,
        Round = _round,
        Punching = _puncher.IsPunching,
        Addresses = _puncher.Nat.Addresses,
        Token = message.CameOverOurRelay ? _setup.TokenFor(message.Client) : null,
        RemoteToken = message.Payload.Token,
    }));

    private bool IsOpenedTowardsUs(Waiting message) =>
        PunchPlan.IsSteady(_puncher.Nat.Kind)
        && message.Payload.RemoteAddress is { } opened
        && _puncher.Nat.Addresses?.Contains(opened) == true
        && !AddressScope.IsReserved(message.Client);

    private bool TryPunch(Waiting message, Instant now)
    {
        if (!_puncher.IsPunching && !_puncher.IsAllowed())
        {
            Abort(message.Request, PeerError.Aborted, now);
            return false;
        }

        if (!_puncher.TryTakeTurn(now))
        {
            PutOff(message, now);
            return false;
        }

        if (!_puncher.TryStart(now))
        {
            Abort(message.Request, PeerError.Aborted, now);
            return false;
        }

        // From here on the strategy's own end counts.
        _deadline = Instant.Never;
        return true;
    }

    // Peers that a relay connects meanwhile can wait; for others there is nothing left to wait with.
    private void PutOff(Waiting message, Instant now)
    {
        if (!_setup.IsRelayed)
        {
            Abort(message.Request, PeerError.TryLater, now);
            return;
        }

        Answer(message, PeerError.TryLater);
    }

    private void Abort(int request, PeerError error, Instant now)
    {
        _actions.Enqueue(new PunchAction.Answer(request, new PunchPayload { Error = error, Round = _round, Firewall = _puncher.Nat.Kind }));
        End(now);
    }

    private void End(Instant now)
    {
        if (_isDone) return;
        Close(now);
        _actions.Enqueue(new PunchAction.Fail(ConnectFailure.HolepunchAborted));
    }

    private sealed record Waiting(int Request, PunchPayload Payload, UdpAddress Client, bool CameOverOurRelay);
}
