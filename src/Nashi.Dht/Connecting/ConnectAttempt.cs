using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
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
    private readonly TaskCompletionSource<ConnectOutcome> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ClientPunchSession? _punch;
    private SecurePayload? _secrets;
    private PunchSocket? _punched;
    private UdxSocket? _reached;
    private bool _wasGiven;

    /// <summary>Prepares; nothing is sent yet.</summary>
    public ConnectAttempt(IConnectNode node, PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> knownRelays, DhtConnectOptions options)
    {
        _node = node;
        _peer = peer;
        _target = ConnectCommands.TargetOf(peer);
        _options = options;
        _lane = new Lane(error => _outcome.TrySetException(error));
        _timer = new LaneTimer(node.Clock, _lane, () => Step(core => core.HandleTimeout(_timer!.Now)));
        _raw = RawStreams.Create(node);
        _raw.SetFirewall(Reached);
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
        _lane.Post(() => Step(core => core.Start()));
        var outcome = await _outcome.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (outcome.Failure is { } why) throw why.ToException(_peer);
        var connection = DhtConnection.Open(_raw, _core.Keys!, outcome.Kind, _punched, _options.KeepAlive, _node);
        _wasGiven = true;
        return connection;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();
        if (_punch is not null) await _punch.DisposeAsync().ConfigureAwait(false);
        _secrets?.Dispose();
        _handshake.Dispose();
        if (_wasGiven) return;
        _core.Keys?.Dispose();
        _raw.Abort();
        if (_punched is not null) await _punched.DisposeAsync().ConfigureAwait(false);
    }

    private ConnectPlan Plan(IReadOnlyList<UdpAddress> knownRelays)
    {
        var local = _options.UsesLan ? _node.LocalAddresses : [];
        var open = _node.PublicAddress;
        return new ConnectPlan
        {
            Handshake = _handshake,
            KnownRelays = [.. knownRelays.Take(AddressCodec.MaxKept)],
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
    }

    private void Do(ConnectAction action)
    {
        switch (action)
        {
            case ConnectAction.FindPeer find:
                _ = FindAsync(find.Seeds);
                break;
            case ConnectAction.Handshake handshake:
                _ = HandshakeAsync(handshake.Node);
                break;
            case ConnectAction.PingNeighbour ping:
                _ = PingAsync(ping.Address);
                break;
            case ConnectAction.Punch punch:
                Punch(punch);
                break;
            case ConnectAction.Connect connect:
                Connect(connect);
                break;
            case ConnectAction.Fail fail:
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
                _lane.Post(() => Step(core => core.HandleFound(found)));
        }
        catch (Exception error) when (error is OperationCanceledException or NashiException)
        {
            // The search ended early; what it found counts all the same.
        }

        _lane.Post(() => Step(core => core.HandleSearchEnd()));
    }

    private async Task HandshakeAsync(UdpAddress node)
    {
        var message = new HandshakeMessage(RouteMode.FromClient, _core.Request).Encode();
        NodeReply? reply = null;
        try
        {
            reply = await _node.RequestAsync(ConnectCommands.Handshake, _target, message, node, null, 3, _life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lane.Post(() => Step(core =>
        {
            if (reply is null) core.HandleNoAnswer();
            else core.HandleAnswer(node, reply.Value is { } value ? HandshakeMessage.TryDecode(value) : null, reply.Seen, _timer.Now);
        }));
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

        _lane.Post(() => Step(core => core.HandleNeighbour(address, reply is not null)));
    }

    private void Punch(ConnectAction.Punch action)
    {
        _secrets = new SecurePayload(_core.Keys!.Hash.Span, _node.Random);
        _punch = new ClientPunchSession(
            _node,
            _target,
            action,
            _core.Remote!.Firewall,
            _options.OpensEarly,
            _secrets,
            (socket, to) => _lane.Post(() => TakePunched(socket, to)),
            why => _lane.Post(() => Step(core => core.HandlePunchFailed(why))));
        _punch.Start();
    }

    private void TakePunched(PunchSocket socket, UdpAddress to)
    {
        // Another path may have been quicker.
        if (_core.IsDone || _life.IsCancellationRequested)
        {
            _ = socket.DisposeAsync().AsTask();
            return;
        }

        _punched = socket;
        Step(core => core.HandlePunched(to));
    }

    private void Connect(ConnectAction.Connect action)
    {
        var socket = action.Socket switch
        {
            ConnectSocket.Server => _node.ServerSocket,
            ConnectSocket.Punch => _punched!.Socket,
            ConnectSocket.Reached => _reached!,
            _ => _node.DefaultSocket,
        };
        _raw.Connect(socket, _core.Remote!.Stream!.Id, action.To);
        _outcome.TrySetResult(new ConnectOutcome(null, action.Kind));
    }
}
