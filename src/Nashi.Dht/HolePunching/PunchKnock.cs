using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>One datagram that opens our translator or gets through the remote's.</summary>
/// <param name="To">Where to.</param>
/// <param name="IsShort">Whether it should die on the way: it opens our translator without waking the remote's.</param>
/// <param name="Socket">From which socket: 0 is the punch socket, others exist from their first knock on.</param>
internal readonly record struct PunchKnock(UdpAddress To, bool IsShort, int Socket = 0);
