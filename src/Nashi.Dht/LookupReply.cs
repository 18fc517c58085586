using Nashi.Datagrams;

namespace Nashi.Dht;

/// <summary>One node's answer to a look-up.</summary>
/// <param name="From">The node.</param>
/// <param name="Peers">Peers that announced the topic there; at most twenty.</param>
/// <param name="Bump">The topic's latest bump there, milliseconds since 1970; zero when none.</param>
public sealed record LookupReply(UdpAddress From, IReadOnlyList<DhtPeer> Peers, ulong Bump);
