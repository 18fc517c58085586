using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>One address at which the peer may be.</summary>
/// <param name="Address">The address.</param>
/// <param name="IsVerified">Whether the peer echoed a token sent there, so that it is not a third party's.</param>
internal readonly record struct PunchTarget(UdpAddress Address, bool IsVerified);
