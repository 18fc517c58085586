using Nashi.Datagrams;

namespace Nashi.Udx;

/// <summary>Receives a datagram that belongs to no stream, on the socket's thread. Must return at once and not throw; the bytes are valid only during the call.</summary>
public delegate void UdxDatagramHandler(UdxSocket socket, ReadOnlySpan<byte> datagram, UdpAddress from);
