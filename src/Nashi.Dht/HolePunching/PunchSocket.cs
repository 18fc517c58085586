using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>A socket of its own for one punch: knocks come to its owner, everything else to the node.</summary>
internal sealed class PunchSocket : IAsyncDisposable
{
    private readonly IConnectNode _node;
    private readonly Action<UdpAddress> _knocked;

    /// <summary>Starts receiving from a socket, and owns it from then on.</summary>
    public PunchSocket(IConnectNode node, IDatagramSocket quiet, Action<UdpAddress> knocked)
    {
        _node = node;
        _knocked = knocked;
        Socket = node.Udx.Adopt(quiet, Handle);
    }

    /// <summary>The socket.</summary>
    public UdxSocket Socket { get; }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Socket.DisposeAsync();

    private void Handle(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from)
    {
        if (bytes.Length > 1) _node.HandleDatagram(socket, bytes, from);
        else _knocked(from);
    }
}
