namespace Nashi.Datagrams;

/// <summary>Receives one datagram; the bytes are valid only during the call and may be changed in place.</summary>
public delegate void DatagramHandler(Span<byte> datagram, UdpAddress from);
