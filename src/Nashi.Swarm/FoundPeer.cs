using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>A peer that announced itself under a topic.</summary>
/// <param name="PublicKey">Who.</param>
/// <param name="Relays">Nodes that relay for it.</param>
internal readonly record struct FoundPeer(PublicKey PublicKey, IReadOnlyList<UdpAddress> Relays);
