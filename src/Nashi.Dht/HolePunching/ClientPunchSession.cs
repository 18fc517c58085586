using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>Does what a <see cref="ClientPunch"/> decides: sockets, requests and time.</summary>
/// <remarks>Owned by one connect attempt. Everything runs on its own lane; <see cref="DisposeAsync"/> ends it, closing every socket that was not taken.</remarks>
internal sealed class ClientPunchSession : IAsyncDisposable
{
    private readonly IConnectNode _node;
    private readonly Bytes32 _target;
    private readonly ulong _id;
    private readonly SecurePayload _secrets;
    private readonly ClientPunch _core;
    private readonly Lane _lane;
    private readonly LaneTimer _timer;
    private readonly CancellationTokenSource _life = new();
    private readonly Action<PunchSocket, UdpAddress> _punched;
    private readonly Action<ConnectFailure> _failed;
    private readonly PunchSockets _sockets;

    /// <summary>Prepares.</summary>
    public ClientPunchSession(
        IConnectNode node, Bytes32 target, ConnectAction.Punch punch, PunchSetup setup, SecurePayload secrets,
        Action<PunchSocket, UdpAddress> punched, Action<ConnectFailure> failed)
    {
        _node = node;
        _target = target;
        _id = punch.Offer.Id;
        _secrets = secrets;
        _punched = punched;
        _failed = failed;
        _lane = new Lane(_ => End(ConnectFailure.HolepunchAborted));
        _timer = new LaneTimer(node.Clock, _lane, () => Step(core => core.HandleTimeout(_timer!.Now)));
        _sockets = new PunchSockets(node, (index, from) => _lane.Post(() => Step(core => core.HandleKnock(from, index, _timer.Now))));
        _core = new ClientPunch(punch.Offer, punch.Server, punch.Relay, setup);
    }

    /// <summary>Begins.</summary>
    public void Start() => _lane.Post(() =>
    {
        if (_life.IsCancellationRequested) return;
        _sockets.Open();
        Step(core => core.Start());
    });

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        await _life.CancelAsync().ConfigureAwait(false);
        _timer.Dispose();

        // After whatever runs on the lane now; nothing starts there any more.
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lane.Post(() =>
        {
            _core.Close(_timer.Now);
            closed.SetResult();
        });
        await closed.Task.ConfigureAwait(false);
        await _sockets.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>On the lane: feeds the core, then does what it wants.</summary>
    private void Step(Action<ClientPunch> feed)
    {
        if (_life.IsCancellationRequested) return;
        _sockets.Check();
        feed(_core);
        while (_core.TryTake(out var action)) Do(action);
        if (!_life.IsCancellationRequested) _timer.Set(_core.NextTimeout);
    }

    private void Do(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                _sockets.Send(knock.What);
                break;
            case PunchAction.Reopen:
                _sockets.Open();
                break;
            case PunchAction.Sample when _sockets.Main is { } socket:
                _ = SampleAsync(socket);
                break;
            case PunchAction.Ask ask when _sockets.Main is { } socket:
                _ = AskAsync(ask, socket);
                break;
            case PunchAction.Connect connect when _sockets.TryTake(connect.Socket) is { } taken:
                _punched(taken, connect.To);
                break;
            case PunchAction.Fail fail:
                End(fail.Why);
                break;
        }
    }

    private void End(ConnectFailure why) => _failed(why);

    private async Task SampleAsync(UdxSocket socket)
    {
        await NatProbe.RunAsync(_node, socket, (seen, by) => Sampled(socket, core => core.HandleSample(seen, by, _timer.Now)), _life.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Sampled(socket, core => core.HandleSamplingEnd(_timer.Now));
    }

    // Samples of a socket that was given up say nothing about the present one.
    private void Sampled(UdxSocket socket, Action<ClientPunch> feed) => _lane.Post(() =>
    {
        if (_sockets.Main == socket) Step(feed);
    });

    private async Task AskAsync(PunchAction.Ask ask, UdxSocket socket)
    {
        var message = new HolepunchMessage(RouteMode.FromClient, _id, _secrets.Seal(ask.Payload), ask.Peer);
        NodeReply? reply = null;
        try
        {
            reply = await _node.RequestAsync(ConnectCommands.Holepunch, _target, message.Encode(), ask.Relay, socket, 3, _life.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lane.Post(() => Step(core => Learn(core, reply, ask.Relay)));
    }

    private void Learn(ClientPunch core, NodeReply? reply, UdpAddress relay)
    {
        if (reply?.Value is not { } value || HolepunchMessage.TryDecode(value) is not { Mode: RouteMode.Reply } message) core.HandleNoAnswer(_timer.Now);
        else core.HandleAnswer(_secrets.TryOpen(message.Payload.Span), message.PeerAddress ?? relay, reply.Seen, relay, _timer.Now);
    }
}
