using Nashi.Datagrams;

namespace Nashi.Dht.Rpc;

/// <summary>Where a core's datagrams go. A socket is only a name to the core.</summary>
internal interface IDatagramSink
{
    /// <summary>Sends a datagram from a socket; losing it is allowed.</summary>
    void Send(object socket, ReadOnlySpan<byte> datagram, UdpAddress to);
}
