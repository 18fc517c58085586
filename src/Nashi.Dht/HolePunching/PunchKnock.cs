using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>One datagram that opens our translator or gets through the remote's.</summary>
/// <param name="To">Where to.</param>
/// <param name="IsShort">Whether it should die on the way: it opens our translator without waking the remote's.</param>
internal readonly record struct PunchKnock(UdpAddress To, bool IsShort);
