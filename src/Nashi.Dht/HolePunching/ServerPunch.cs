using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>The server's side of a hole punch: answer each message once our translator is known, knock early when that may save a round.</summary>
/// <remarks>
/// Pure. Messages wait, at most <see cref="MaxWaiting"/> of them, until the samples are in. We are connected when the first UDX packet comes, which the
/// shell notices; then it just drops this. Source: network.md §3.9.
/// </remarks>
internal sealed class ServerPunch
{
    /// <summary>How many messages may wait for the samples.</summary>
    public const int MaxWaiting = 4;

    /// <summary>How long a client may take until it knocks.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int MaxReopens = 3;

    private readonly Queue<PunchAction> _actions = new();
    private readonly Queue<Waiting> _waiting = new();
    private readonly List<PunchKnock> _knocks = [];
    private readonly Puncher _puncher;
    private readonly Func<UdpAddress, Bytes32> _tokenFor;
    private readonly Func<Puncher, bool>? _mayPunch;
    private Instant _deadline;
    private ulong _round;
    private int _reopens;
    private bool _isDone;

    /// <summary>Starts to sample and to wait for the client's first message.</summary>
    /// <param name="remoteKind">What the client said of itself in the handshake.</param>
    /// <param name="isOpen">Whether we are not firewalled.</param>
    /// <param name="tokenFor">Our token for an address.</param>
    /// <param name="now">The present.</param>
    /// <param name="mayPunch">The application's say.</param>
    public ServerPunch(NatKind remoteKind, bool isOpen, Func<UdpAddress, Bytes32> tokenFor, Instant now, Func<Puncher, bool>? mayPunch = null)
    {
        _puncher = new Puncher(false, isOpen, remoteKind);
        _tokenFor = tokenFor;
        _mayPunch = mayPunch;
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
        if (_isDone || _waiting.Count >= MaxWaiting) return;
        if (payload.Error != PeerError.None)
        {
            Abort(request, PeerError.Aborted);
            return;
        }

        if (payload.Round >= _round)
        {
            _round = payload.Round;
            var isEchoed = cameOverOurRelay && payload.RemoteToken is { } echo && echo == _tokenFor(client);
            _puncher.UpdateRemote(payload, isEchoed ? client : null);
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
    public void HandleKnock(UdpAddress from)
    {
        if (!_isDone) _actions.Enqueue(new PunchAction.Knock(new(from, false)));
    }

    /// <summary>Time has passed.</summary>
    public void HandleTimeout(Instant now)
    {
        if (_isDone) return;
        _puncher.HandleTimeout(_knocks, now);
        foreach (var knock in _knocks) _actions.Enqueue(new PunchAction.Knock(knock));
        _knocks.Clear();
        if (now >= _deadline || _puncher.HasGivenUp) End();
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
            Abort(message.Request, PeerError.Aborted);
            return;
        }

        if (IsOpenedTowardsUs(message)) _actions.Enqueue(new PunchAction.Knock(new(message.Client, false)));
        if (_puncher.RemotePunches && !TryPunch(message.Request, now)) return;
        if (_puncher.Nat.Kind != NatKind.Unknown) _puncher.Nat.Freeze();
        _actions.Enqueue(new PunchAction.Answer(message.Request, new PunchPayload
        {
            Firewall = _puncher.Nat.Kind,
            Round = _round,
            Punching = _puncher.IsPunching,
            Addresses = _puncher.Nat.Addresses,
            Token = message.CameOverOurRelay ? _tokenFor(message.Client) : null,
            RemoteToken = message.Payload.Token,
        }));
    }

    private bool IsOpenedTowardsUs(Waiting message) =>
        PunchPlan.IsSteady(_puncher.Nat.Kind)
        && message.Payload.RemoteAddress is { } opened
        && _puncher.Nat.Addresses?.Contains(opened) == true
        && !AddressScope.IsReserved(message.Client);

    private bool TryPunch(int request, Instant now)
    {
        if (_mayPunch?.Invoke(_puncher) == false || !_puncher.TryStart(now))
        {
            Abort(request, PeerError.Aborted);
            return false;
        }

        // From here on the strategy's own end counts.
        _deadline = Instant.Never;
        return true;
    }

    private void Abort(int request, PeerError error)
    {
        _actions.Enqueue(new PunchAction.Answer(request, new PunchPayload { Error = error, Round = _round }));
        End();
    }

    private void End()
    {
        if (_isDone) return;
        _isDone = true;
        _actions.Enqueue(new PunchAction.Fail(ConnectFailure.HolepunchAborted));
    }

    private sealed record Waiting(int Request, PunchPayload Payload, UdpAddress Client, bool CameOverOurRelay);
}
