using Nashi.Datagrams;

namespace Nashi.Udx;

/// <summary>A way to the remote: our socket, its id of the stream, its address.</summary>
internal sealed record StreamPath(UdxSocket Socket, uint RemoteId, UdpAddress Remote)
{
    /// <summary>Whether a packet came this way.</summary>
    public bool Is(UdxSocket socket, UdpAddress from) => Socket == socket && Remote == from;
}
