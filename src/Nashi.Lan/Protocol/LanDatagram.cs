using Nashi.Datagrams;

namespace Nashi.Lan.Protocol;

/// <summary>A datagram to send.</summary>
/// <param name="To">To whom; null for everybody on the link.</param>
/// <param name="Bytes">What.</param>
internal readonly record struct LanDatagram(UdpAddress? To, byte[] Bytes);
