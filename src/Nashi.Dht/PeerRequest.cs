using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht;

/// <summary>A peer's message at a node, and how to pass it on.</summary>
internal sealed class PeerRequest(DhtNode node, InboundRequest request) : IPeerRequest
{
    /// <summary>The command: handshake or hole punch.</summary>
    public ulong Command => request.Message.Command;

    /// <summary>Whom it is about; null when missing.</summary>
    public Bytes32? Target => request.Message.Target;

    /// <summary>What it carries; null when nothing.</summary>
    public byte[]? Value => request.Message.Value;

    /// <inheritdoc />
    public UdpAddress From => request.From;

    /// <inheritdoc />
    public UdpAddress Seen => request.Message.To;

    /// <inheritdoc />
    public UdxSocket Socket => (UdxSocket)request.Socket;

    /// <inheritdoc />
    public void Respond(byte[]? value, UdpAddress to, bool withCloserNodes, UdxSocket? socket) =>
        node.Respond(request, new RpcAnswer { Value = value, To = to, WithCloser = withCloserNodes, Socket = socket, IsRelayed = value is not null });

    /// <inheritdoc />
    public void Forward(byte[] value, UdpAddress to, UdxSocket? socket) => node.Forward(request, value, to, socket);
}
