using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>A peer that announced itself.</summary>
/// <param name="PublicKey">Who it is.</param>
/// <param name="RelayAddresses">Nodes that pass handshakes on to it; at most three. Claims of a stranger.</param>
public sealed record DhtPeer(PublicKey PublicKey, IReadOnlyList<UdpAddress> RelayAddresses);
