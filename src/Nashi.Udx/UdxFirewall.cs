using Nashi.Datagrams;

namespace Nashi.Udx;

/// <summary>Judges the first packet for a stream that came by another socket than the stream's own, or before the stream was connected.</summary>
/// <returns>True to drop the packet. To accept it, connect the stream inside the call and return false.</returns>
public delegate bool UdxFirewall(UdxSocket socket, UdpAddress from);
