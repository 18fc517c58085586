using Nashi.Datagrams;

namespace Nashi.Testing;

/// <summary>Receives a datagram of a virtual network. The bytes may be kept.</summary>
public delegate void VirtualReceiver(ReadOnlyMemory<byte> datagram, UdpAddress from, Instant now);
