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
    private readonly PunchDriver _driver;
    private readonly Dictionary<int, (HolepunchMessage Message, IPeerRequest Request)> _requests = [];
    private readonly Action _failed;
    private int _nextRequest;
    private bool _isClosed;

    private ServerPunchSession(IConnectNode node, IServerAnnouncer announcer, SecurePayload secrets, PunchSetup setup, Lane lane, Action failed)
    {
        _node = node;
        _announcer = announcer;
        _secrets = secrets;
        _failed = failed;
        _driver = new PunchDriver(node, lane, (from, index) => _core!.HandleKnock(from, index), Do);
        _core = new ServerPunch(setup, _driver.Now);
    }

    /// <summary>From where to answer the handshake, so that relays see where we punch from.</summary>
    public UdxSocket? Socket => _driver.Sockets.Main;

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
            session._driver.Start(session._core);
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
        if (request.Socket == Socket) _core.HandleSample(request.Seen, request.From, _driver.Now);
        _driver.Step(() => _core.HandleMessage(number, payload, client, _announcer.IsRelay(request.From), _driver.Now));
    }

    /// <summary>Gives the socket away that the client reached us at.</summary>
    /// <returns>Null when it is not one of the punch.</returns>
    public PunchSocket? TryTake(UdxSocket socket) => _driver.Sockets.TryTake(socket);

    /// <inheritdoc />
    public void Dispose()
    {
        if (_isClosed) return;
        _isClosed = true;
        _driver.End();
        _core.Close(_driver.Now);
        _secrets.Dispose();
        _requests.Clear();
        _ = _driver.DisposeAsync().AsTask();
        _node.Punches.Leave();
    }

    private void Do(PunchAction action)
    {
        switch (action)
        {
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
        request.Forward(action.Value!, action.To, Socket);
    }
}
