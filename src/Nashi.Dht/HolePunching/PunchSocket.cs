using System.Net;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>A socket of its own for one punch: knocks come to its owner, everything else to the node.</summary>
internal sealed class PunchSocket : IAsyncDisposable
{
    private const int ShortTtl = 5;
    private const int LongTtl = 64;
    private static readonly byte[] Knock = [0];

    private readonly IConnectNode _node;
    private readonly Action<PunchSocket, UdpAddress> _knocked;

    /// <summary>Binds to any port of the interface the node is bound to.</summary>
    public PunchSocket(IConnectNode node, Action<PunchSocket, UdpAddress> knocked)
    {
        _node = node;
        _knocked = knocked;
        Socket = node.Udx.Bind(node.DefaultSocket.LocalAddress.WithPort(0));
        Socket.SetDatagramHandler(Handle);
    }

    /// <summary>The socket.</summary>
    public UdxSocket Socket { get; }

    /// <summary>Sends one knock.</summary>
    public void Send(PunchKnock knock) => Socket.TrySend(Knock, knock.To, knock.IsShort ? ShortTtl : LongTtl);

    /// <inheritdoc />
    public ValueTask DisposeAsync() => Socket.DisposeAsync();

    private void Handle(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from)
    {
        if (bytes.Length > 1) _node.HandleDatagram(socket, bytes, from);
        else _knocked(this, from);
    }
}
