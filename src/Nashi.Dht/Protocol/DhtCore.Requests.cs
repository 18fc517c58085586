using System.Buffers.Binary;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Protocol;

/// <content>What others ask.</content>
internal sealed partial class DhtCore
{
    private const int MaxChecks = 10;
    private const int MaxDelayed = 1024;
    private const int MaxDelayMs = 10_000;

    private static readonly RpcAnswer Bare = new();

    private int _checks;
    private int _delayed;

    /// <inheritdoc />
    public void HandleRequest(InboundRequest request, Instant now)
    {
        if (request.Message.IsInternal) HandleInternal(request, now);
        else HandleApplication(request, now);
        // After the answer, which makes us known: our greeting is not to be greeted.
        if (request.FromId is { } id) Greet(id, request.From, now);
    }

    // A request's source may be forged: only a node that answers enters the table. Whoever would find no place there is not asked, or two nodes that
    // have no room for each other would greet for ever. Nobody far away can forge the loopback.
    private void Greet(Bytes32 id, UdpAddress from, Instant now)
    {
        if (_table.Find(id) is { } known)
        {
            _table.Touch(known, _tick);
            return;
        }

        if (IsOwn(from) || !MayEnter(id, from)) return;
        if (from.IPv4 >> 24 == 127)
        {
            TryEnter(new KnownNode(id, from, _tick), now);
            return;
        }

        if (_checks >= MaxChecks) return;
        _checks++;
        Send(RpcCall.Ping(from, (_, _) => _checks--, retries: 1), now);
    }

    private void HandleInternal(InboundRequest request, Instant now)
    {
        switch (request.Message.Command)
        {
            case InternalCommand.Ping:
                Rpc.Respond(request, Bare, now);
                break;
            case InternalCommand.PingNat:
                HandlePingNat(request, now);
                break;
            case InternalCommand.FindNode when request.Message.Target is not null:
                Rpc.Respond(request, new RpcAnswer { WithCloser = true }, now);
                break;
            case InternalCommand.FindNode:
                break;
            case InternalCommand.DownHint:
                HandleDownHint(request, now);
                break;
            case InternalCommand.DelayedPing:
                HandleDelayedPing(request, now);
                break;
            default:
                Refuse(request, now);
                break;
        }
    }

    private void HandleApplication(InboundRequest request, Instant now)
    {
        if (request.Message.Command is DhtCommand.PeerHandshake or DhtCommand.PeerHolepunch)
        {
            _events.PeerRequested(request);
            return;
        }

        if (request.Message.Command > DhtCommand.Plugin)
        {
            Refuse(request, now);
            return;
        }

        // Nobody is registered here, and an unknown plugin is met with silence.
        if (request.Message.Command == DhtCommand.Plugin) return;
        if (IsEphemeral)
        {
            Rpc.Respond(request, new RpcAnswer { Error = RpcError.UnknownCommand, WithCloser = true }, now);
            return;
        }

        if (Records.Handle(request, _table.OwnId, _events.UnixMilliseconds, now) is { } answer) Rpc.Respond(request, answer, now);
    }

    // Nobody is to gain bytes by asking nonsense: no nodes, and the id only as an answer to as long a question.
    private void Refuse(InboundRequest request, Instant now) =>
        Rpc.Respond(request, new RpcAnswer { Error = RpcError.UnknownCommand, WithId = request.Size >= 43 }, now);

    private void HandlePingNat(InboundRequest request, Instant now)
    {
        if (request.Message.Value is not { Length: >= 2 } value) return;
        var port = BinaryPrimitives.ReadUInt16LittleEndian(value);
        if (port != 0) Rpc.Respond(request, new RpcAnswer { To = request.From.WithPort(port) }, now);
    }

    private void HandleDownHint(InboundRequest request, Instant now)
    {
        if (request.Message.Value is not { Length: >= AddressCodec.Size } value) return;
        var reader = new CompactReader(value);
        if (AddressCodec.TryRead(ref reader, out var gone) && _checks < MaxChecks && _table.Count > 0
            && _table.Find(NodeId.Of(gone)) is { } node && node.PingedTick != _tick) Check(node, now);
        Rpc.Respond(request, Bare, now);
    }

    // Silence removes it: see HandleSilence.
    private void Check(KnownNode node, Instant now)
    {
        node.PingedTick = _tick;
        _checks++;
        Send(RpcCall.Ping(node.Address, (_, _) => _checks--), now);
    }

    private void HandleDelayedPing(InboundRequest request, Instant now)
    {
        if (request.Message.Value is not { Length: >= 4 } value) return;
        var delay = BinaryPrimitives.ReadUInt32LittleEndian(value);
        if (delay > MaxDelayMs || _delayed >= MaxDelayed) return;
        _delayed++;
        Later(now + TimeSpan.FromMilliseconds(delay), at =>
        {
            _delayed--;
            Rpc.Respond(request, Bare, at);
        });
    }
}
