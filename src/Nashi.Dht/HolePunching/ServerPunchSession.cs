using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>Does what a <see cref="ServerPunch"/> decides: sockets, answers and time.</summary>
/// <remarks>Owned by one <see cref="ServerHandshake"/>, on whose lane everything runs. <see cref="Dispose"/> ends it, closing every socket that was not taken.</remarks>
internal sealed class ServerPunchSession : IDisposable
{
    private readonly IConnectNode _node;
    private readonly IServerAnnouncer _announcer;
    private readonly SecurePayload _secrets;
    private readonly ServerPunch _core;
    private readonly PunchSockets _sockets;
    private readonly Lane _lane;
    private readonly LaneTimer _timer;
    private readonly CancellationTokenSource _life = new();
    private readonly Dictionary<int, (HolepunchMessage Message, IPeerRequest Request)> _requests = [];
    private readonly Action _failed;
    private int _nextRequest;
    private bool _isClosed;

    private ServerPunchSession(IConnectNode node, IServerAnnouncer announcer, SecurePayload secrets, PunchSetup setup, Lane lane, Action failed)
    {
        _node = node;
        _announcer = announcer;
        _secrets = secrets;
        _lane = lane;
        _failed = failed;
        _sockets = new PunchSockets(node, (index, from) => lane.Post(() => Step(core => core.HandleKnock(from, index))));
        _timer = new LaneTimer(node.Clock, lane, () => Step(core => core.HandleTimeout(_timer!.Now)));
        _core = new ServerPunch(setup, _timer.Now);
    }

    /// <summary>From where to answer the handshake, so that relays see where we punch from.</summary>
    public UdxSocket? Socket => _sockets.Main;

    /// <summary>Opens the first socket and begins, if the node may punch for one more client.</summary>
    /// <param name="node">The node.</param>
    /// <param name="announcer">Through whom the server is reached.</param>
    /// <param name="secrets">Seals the messages; owned from now on.</param>
    /// <param name="setup">What there is to know.</param>
    /// <param name="lane">Where everything runs, this call too.</param>
    /// <param name="failed">Called on the lane when it came to nothing.</param>
    /// <returns>Null when there are too many punches, or no more sockets.</returns>
    public static ServerPunchSession? TryOpen(
        IConnectNode node, IServerAnnouncer announcer, SecurePayload secrets, PunchSetup setup, Lane lane, Action failed)
    {
        if (!node.Punches.TryEnter())
        {
            secrets.Dispose();
            return null;
        }

        var session = new ServerPunchSession(node, announcer, secrets, setup, lane, failed);
        try
        {
            session._sockets.Open();
            session.Step(_ => { });
            return session;
        }
        catch (DatagramException)
        {
            session.Dispose();
            return null;
        }
    }

    /// <summary>The client sent a message.</summary>
    public void HandleMessage(HolepunchMessage message, IPeerRequest request)
    {
        if (_isClosed || _secrets.TryOpen(message.Payload.Span) is not { } payload || message.PeerAddress is not { } client) return;
        var number = _nextRequest++;
        _requests.Add(number, (message, request));
        _requests.Remove(number - (2 * ServerPunch.MaxWaiting));
        if (request.Socket == _sockets.Main) _core.HandleSample(request.Seen, request.From, _timer.Now);
        Step(core => core.HandleMessage(number, payload, client, _announcer.IsRelay(request.From), _timer.Now));
    }

    /// <summary>Gives the socket away that the client reached us at.</summary>
    /// <returns>Null when it is not one of the punch.</returns>
    public PunchSocket? TryTake(UdxSocket socket) => _sockets.TryTake(socket);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        _core.Close(_timer.Now);
        _timer.Dispose();
        _life.Cancel();
        _life.Dispose();
        _secrets.Dispose();
        _requests.Clear();
        _ = _sockets.DisposeAsync().AsTask();
        _node.Punches.Leave();
    }

    /// <summary>On the lane: feeds the core, then does what it wants.</summary>
    private void Step(Action<ServerPunch> feed)
    {
        if (_isClosed) return;
        _sockets.Check();
        feed(_core);
        while (!_isClosed && _core.TryTake(out var action)) Do(action);
        if (!_isClosed) _timer.Set(_core.NextTimeout);
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
            case PunchAction.Answer answer when _requests.Remove(answer.Request, out var asked):
                Answer(asked.Message, asked.Request, _secrets.Seal(answer.Payload));
                break;
            case PunchAction.Fail:
                _failed();
                break;
        }
    }

    private void Answer(HolepunchMessage message, IPeerRequest request, byte[] payload)
    {
        var action = PeerRouter.AnswerHolepunch(message, request.From, payload);
        request.Forward(action.Value!, action.To, _sockets.Main);
    }

    private async Task SampleAsync(UdxSocket socket)
    {
        await NatProbe.RunAsync(_node, socket, (seen, by) => Sampled(socket, core => core.HandleSample(seen, by, _timer.Now)), _life.Token)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Sampled(socket, core => core.HandleSamplingEnd(_timer.Now));
    }

    // Samples of a socket that was given up say nothing about the present one.
    private void Sampled(UdxSocket socket, Action<ServerPunch> feed) => _lane.Post(() =>
    {
        if (_sockets.Main == socket) Step(feed);
    });
}
