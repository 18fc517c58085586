using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>Does what a <see cref="ConnectCore"/> decides: requests, streams and time.</summary>
/// <remarks>
/// One per call of <c>ConnectAsync</c>. The core runs on the lane; the stream exists before the first handshake, because the peer may reach us before
/// its answer does. What the attempt made is given to the connection or closed here.
/// </remarks>
internal sealed class ConnectAttempt : IAsyncDisposable
{
    private readonly IConnectNode _node;
    private readonly PublicKey _peer;
    private readonly Bytes32 _target;
    private readonly DhtConnectOptions _options;
    private readonly NoiseHandshake _handshake;
    private readonly ConnectCore _core;
    private readonly UdxStream _raw;
    private readonly Lane _lane;
    private readonly LaneTimer _timer;
    private readonly CancellationTokenSource _life = new();
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<ConnectOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientPunchSession? _punch;
    private SecurePayload? _secrets;
    private PunchSocket? _punched;
    private UdxSocket? _reached;
    private RelayLeg? _leg;
    private DhtConnection? _connection;
    private readonly Instant _began;
    private readonly RelayDials _relays;
    private readonly CancellationTokenSource _meetingLife = new();
    private Task<RelayLeg>? _meeting;
    private bool _keepsMeeting;
    private bool _wasGiven;

    /// <summary>Prepares; nothing is sent yet.</summary>
    public ConnectAttempt(
        IConnectNode node, PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> knownRelays, DhtConnectOptions options, RelayDialer dial)
    {
        _node = node;
        _peer = peer;
        _target = ConnectCommands.TargetOf(peer);
        _options = options;
        _began = Instant.Now(node.Clock);
        _lane = new Lane(error => _outcome.TrySetException(error));
        _timer = new LaneTimer(node.Clock, _lane, () => Step(core => core.HandleTimeout(_timer!.Now)));
        _relays = new RelayDials(node, dial);
        _raw = RawStreams.Create(node);
        _raw.SetFirewall(Reached, asksAboutAddresses: true);
        _handshake = NoiseHandshake.StartIK(true, keyPair, peer, ConnectCommands.Prologue.AsSpan(), node.Random);
        try
        {
            _core = new ConnectCore(Plan(knownRelays));
        }
        catch
        {
            _raw.Abort();
            _timer.Dispose();
            _handshake.Dispose();
            throw;
        }
    }

    /// <summary>Nodes to try first the next time.</summary>
    public IReadOnlyList<UdpAddress> RelaysForNextTime =>
        _core.Remote?.RelayAddresses is { Count: > 0 } told ? told : [.. _core.Nodes.Take(AddressCodec.MaxKept)];

    /// <summary>Runs to the end.</summary>
    /// <exception cref="NashiException">It did not work.</exception>
    public async Task<DhtConnection> RunAsync(CancellationToken cancellationToken)
    {
        _lane.Post(() => Step(core => core.Start(_timer.Now)));
        var outcome = await _outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (outcome.Failure is { } why) throw why.ToException(_peer);
        _wasGiven = true;
        if (_connection is null) return DhtConnection.Open(_raw, _core.Keys!, outcome.Kind, _punched, _options.KeepAlive, _node);
        _ = FollowAsync(_connection);
        return _connection;
    }

    /// <summary>Completes when nothing is left to do: at once, or when a relayed connection has a direct path or no hope of one.</summary>
    public Task Finished => _finished.Task;

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        _lane.Post(EndMeeting);
        _timer.Dispose();
        if (_punch is not null) await _punch.DisposeAsync().ConfigureAwait(false);
        _secrets?.Dispose();
        _handshake.Dispose();
        _lane.Post(() => _relays.CloseAllBut(null));
        if (_wasGiven)
        {
            _raw.SetFirewall(null);
            return;
        }

        _core.Keys?.Dispose();
        _raw.Abort();
        if (_punched is not null) await _punched.DisposeAsync().ConfigureAwait(false);
    }

    private void EndMeeting()
    {
        if (!_keepsMeeting) _meetingLife.Cancel();
    }

    private ConnectPlan Plan(IReadOnlyList<UdpAddress> knownRelays)
    {
        var local = _options.UsesLan ? _node.LocalAddresses : [];
        var open = _node.PublicAddress;
        return new ConnectPlan
        {
            Handshake = _handshake,
            KnownRelays = [.. knownRelays.Take(AddressCodec.MaxKept)],
            Relays = RelayChoice.Of(_options.RelayThrough, _options.ChooseRelays, _node.Random),
            RelayToken = RelayChoice.NewToken(_node.Random),
            LocalAddresses = local,
            UsesLan = _options.UsesLan,
            Ours = new PeerPayload
            {
                Firewall = open is null ? NatKind.Unknown : NatKind.Open,
                Addresses = open is { } address ? [address, .. local] : local,
                Stream = new StreamOffer(_raw.LocalId),
                SecretStreamVersion = 1,
            },
        };
    }

    private bool Reached(UdxSocket socket, UdpAddress from)
    {
        if (from.Port == 0) return true;
        // The peer's first words through the relay: not a direct path.
        if (_relays.Is(socket, from)) return false;
        _lane.Post(() =>
        {
            _reached ??= socket;
            Step(core => core.HandleReached(from));
        });
        return false;
    }

    /// <summary>On the lane: feeds the core, then does what it wants.</summary>
    private void Step(Action<ConnectCore> feed)
    {
        if (_life.IsCancellationRequested) return;
        feed(_core);
        while (_core.TryTake(out var action)) Do(action);
        _timer.Set(_core.NextTimeout);
        if (_core.IsDone) _finished.TrySetResult();
    }

    private void Tell(string name, object? detail) =>
        _options.Progress?.Invoke(new ConnectStep(name, detail?.ToString() ?? "", Instant.Now(_node.Clock) - _began));

    private void Do(ConnectAction action)
    {
        switch (action)
        {
            case ConnectAction.FindPeer find:
                Tell("search", find.Seeds.Count > 0 ? "from known relays" : "from our own table");
                _ = FindAsync(find.Seeds);
                break;
            case ConnectAction.Handshake handshake:
                Tell("handshake", handshake.Node);
                _ = HandshakeAsync(handshake.Node);
                break;
            case ConnectAction.PingNeighbour ping:
                Tell("lan", ping.Address);
                _ = PingAsync(ping.Address);
                break;
            case ConnectAction.Punch punch:
                Tell("punch", punch.Server);
                Punch(punch);
                break;
            case ConnectAction.DialRelay dial:
                Tell("relay", dial.Relay);
                _ = DialAsync(dial.Relay);
                break;
            case ConnectAction.Pair pair:
                Tell("relay", $"{pair.At.PublicKey}{(pair.IsInitiator ? "" : " (the peer's choice)")}");
                _ = PairAsync(pair);
                break;
            case ConnectAction.KeepRelay keep:
                KeepRelay(keep.Relay);
                break;
            case ConnectAction.DropRelays:
                _relays.CloseAllBut(null);
                break;
            case ConnectAction.Move move:
                _connection!.Move(SocketOf(move.Socket), _core.Remote!.Stream!.Id, move.To, move.Kind, Punched(move.Socket));
                Tell("direct", $"{move.Kind} {move.To}");
                break;
            case ConnectAction.Stay:
                Tell("stays", "with the relay: there is no direct path");
                break;
            case ConnectAction.Connect connect:
                Connect(connect);
                Tell("connected", $"{connect.Kind} {connect.To}");
                break;
            case ConnectAction.Fail fail:
                Tell("failed", fail.Why);
                _outcome.TrySetResult(new ConnectOutcome(fail.Why, default));
                break;
        }
    }

    private async Task FindAsync(IReadOnlyList<UdpAddress> seeds)
    {
        try
        {
            var search = _options.UsesLan ? _node.FindPeerAnywhereAsync(_target, seeds, _life.Token) : _node.FindPeerAsync(_target, seeds, _life.Token);
            await foreach (var found in search.ConfigureAwait(false))
                _lane.Post(() => Found(found));
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException)
        {
            // The search ended early; what it found counts all the same.
        }

        _lane.Post(() => Step(core => core.HandleSearchEnd()));
    }

    private void Found(UdpAddress node)
    {
        Tell("found", node);
        Step(core => core.HandleFound(node));
    }

    private async Task HandshakeAsync(UdpAddress node)
    {
        var message = new HandshakeMessage(RouteMode.FromClient, _core.Request).Encode();
        NodeReply? reply = null;
        try
        {
            reply = await _node.RequestAsync(ConnectCommands.Handshake, _target, message, node, _options.CallsFrom?.Invoke(), 3, _life.Token).ConfigureAwait(false);
            if (reply?.Value is not null && _options.BeforeConnecting is { } wait) await wait(_life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException error)
        {
            if (reply is not null) _outcome.TrySetCanceled(error.CancellationToken);
            return;
        }

        _lane.Post(() => Learn(node, reply));
    }

    private void Learn(UdpAddress node, NodeReply? reply)
    {
        var knew = _core.Remote is not null;
        Step(core =>
        {
            if (reply is null) core.HandleNoAnswer();
            else core.HandleAnswer(node, reply.Value is { } value ? HandshakeMessage.TryDecode(value) : null, reply.Seen, _timer.Now);
            if (!knew && core.Remote is not null) Tell("answered", node);
        });
    }

    private async Task PingAsync(UdpAddress address)
    {
        NodeReply? reply = null;
        try
        {
            reply = await _node.PingAsync(address, null, 3, _life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lane.Post(() => Step(core => core.HandleNeighbour(address, reply is not null, _timer.Now)));
    }

    private void Punch(ConnectAction.Punch action)
    {
        _secrets = new SecurePayload(_core.Keys!.Hash.Span, _node.Random);
        _punch = new ClientPunchSession(
            _node,
            _target,
            action,
            new PunchSetup
            {
                RemoteKind = _core.Remote!.Firewall,
                IsOpen = !_node.IsFirewalled,
                TokenFor = _secrets.TokenFor,
                Limits = _node.Punches,
                Random = _node.Random,
                MayPunch = _options.MayPunch,
                IsRelayed = _core.HasRelay,
                OpensEarly = _options.OpensEarly,
            },
            _secrets,
            (socket, to) => _lane.Post(() => TakePunched(socket, to)),
            why => _lane.Post(() => PunchFailed(why)));
        if (_options.BeforePunching is { } gate) _ = gate.ContinueWith(_ => _punch.Start(), TaskScheduler.Default);
        else _punch.Start();
    }

    private void PunchFailed(ConnectFailure why)
    {
        Tell("punch-failed", why);
        Step(core => core.HandlePunchFailed(why));
    }

    private void TakePunched(PunchSocket socket, UdpAddress to)
    {
        // Another path may have been quicker.
        if (_core.IsDone || _core.IsHolding || _life.IsCancellationRequested)
        {
            _ = socket.DisposeAsync().AsTask();
            return;
        }

        _punched = socket;
        Step(core => core.HandlePunched(to, _timer.Now));
    }

    private async Task DialAsync(PublicKey relay)
    {
        try
        {
            await _relays.DialAsync(relay).ConfigureAwait(false);
            _lane.Post(() => RelayReady(relay));
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ArgumentException)
        {
            _lane.Post(() => Tell("relay-failed", $"{relay}: {error.Message}"));
        }
    }

    private void RelayReady(PublicKey relay)
    {
        Step(core => core.HandleRelayReady(relay));
        Tell("relay-ready", relay);
    }

    private async Task PairAsync(ConnectAction.Pair pair)
    {
        try
        {
            var meeting = MeetAsync(pair);
            _meeting = meeting;
            var leg = await meeting.ConfigureAwait(false);
            _lane.Post(() => TakeRelayed(leg));
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ArgumentException or InvalidOperationException)
        {
            _lane.Post(() => RelayFailed(error));
        }
    }

    private async Task<RelayLeg> MeetAsync(ConnectAction.Pair pair)
    {
        var leg = await _relays.DialAsync(pair.At.PublicKey).ConfigureAwait(false);
        await leg.PairAsync(pair.IsInitiator, pair.At.Token, _raw.LocalId, _meetingLife.Token).ConfigureAwait(false);
        return leg;
    }

    private void KeepRelay(PublicKey relay)
    {
        if (_meeting is not { } meeting || _relays.TakeOut(relay) is not { } dial) return;
        _keepsMeeting = true;
        _ = RelayBeside.KeepAsync(_raw, dial, meeting, _meetingLife, _node.Clock);
    }

    private void TakeRelayed(RelayLeg leg)
    {
        // A direct path was quicker: the relays are being closed.
        if (_core.IsDone || _life.IsCancellationRequested) return;
        Tell("relay-paired", leg.Address);
        _leg = leg;
        Step(core => core.HandleRelayed());
    }

    private void RelayFailed(Exception error)
    {
        if (_core.IsDone || _life.IsCancellationRequested) return;
        Tell("relay-failed", error.Message);
        Step(core => core.HandleRelayFailed(_timer.Now));
    }

    private UdxSocket SocketOf(ConnectSocket socket) => socket switch
    {
        ConnectSocket.Server => _node.ServerSocket,
        ConnectSocket.Punch => _punched!.Socket,
        ConnectSocket.Reached => _reached!,
        _ => _node.DefaultSocket,
    };

    private PunchSocket? Punched(ConnectSocket socket) => socket == ConnectSocket.Punch ? _punched : null;

    private void Connect(ConnectAction.Connect action)
    {
        if (action.Socket == ConnectSocket.Relay)
        {
            var leg = _leg!;
            _relays.CloseAllBut(leg.Relay);
            _raw.Connect(leg.Socket, leg.RemoteId, leg.Address);
            _connection = DhtConnection.OpenRelayed(_raw, _core.Keys!, leg, _options.KeepAlive, _node);
        }
        else
        {
            _raw.Connect(SocketOf(action.Socket), _core.Remote!.Stream!.Id, action.To);
        }

        _outcome.TrySetResult(new ConnectOutcome(null, action.Kind));
    }

    /// <summary>A relayed connection is in use already: what is left ends with it.</summary>
    private async Task FollowAsync(DhtConnection connection)
    {
        _ = connection.Raw.Closed.ContinueWith(_ => _lane.Post(() => Step(core => core.HandleClosed())), TaskScheduler.Default);
        await Finished.ConfigureAwait(false);
        connection.EndUpgrade();
    }
}
