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
    private readonly PunchDriver _driver;
    private readonly Action<PunchSocket, UdpAddress> _punched;
    private readonly Action<ConnectFailure> _failed;

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
        _lane = new Lane(_ => failed(ConnectFailure.HolepunchAborted));
        _core = new ClientPunch(punch.Offer, punch.Server, punch.Relay, setup);
        _driver = new PunchDriver(node, _lane, (from, index) => _core.HandleKnock(from, index, _driver!.Now), Do);
    }

    /// <summary>Begins.</summary>
    public void Start() => _lane.Post(() => _driver.Start(_core, _core.Start));

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        _driver.End();

        // After whatever runs on the lane now; nothing starts there any more.
        var closed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _lane.Post(() =>
        {
            _core.Close(_driver.Now);
            closed.SetResult();
        });
        await closed.Task.ConfigureAwait(false);
        await _driver.DisposeAsync().ConfigureAwait(false);
    }

    private void Do(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Ask ask when _driver.Sockets.Main is { } socket:
                _ = AskAsync(ask, socket);
                break;
            case PunchAction.Connect connect when _driver.Sockets.TryTake(connect.Socket) is { } taken:
                _punched(taken, connect.To);
                break;
            case PunchAction.Fail fail:
                _failed(fail.Why);
                break;
        }
    }

    private async Task AskAsync(PunchAction.Ask ask, UdxSocket socket)
    {
        var message = new HolepunchMessage(RouteMode.FromClient, _id, _secrets.Seal(ask.Payload), ask.Peer);
        NodeReply? reply = null;
        try
        {
            reply = await _node.RequestAsync(ConnectCommands.Holepunch, _target, message.Encode(), ask.Relay, socket, 3, _driver.Life).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        _lane.Post(() => _driver.Step(() => Learn(reply, ask.Relay)));
    }

    private void Learn(NodeReply? reply, UdpAddress relay)
    {
        if (reply?.Value is not { } value || HolepunchMessage.TryDecode(value) is not { Mode: RouteMode.Reply } message) _core.HandleNoAnswer(_driver.Now);
        else _core.HandleAnswer(_secrets.TryOpen(message.Payload.Span), message.PeerAddress ?? relay, reply.Seen, relay, _driver.Now);
    }
}
