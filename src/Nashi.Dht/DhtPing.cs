using Nashi.Datagrams;

namespace Nashi.Dht;

/// <summary>What a node's answer to a ping tells.</summary>
/// <param name="RoundTrip">How long it took.</param>
/// <param name="Seen">Where the node sees us: our address behind all translators. Claim of a stranger.</param>
/// <param name="IsPersistent">Whether the node serves the network under an id that belongs to its address.</param>
public sealed record DhtPing(TimeSpan RoundTrip, UdpAddress Seen, bool IsPersistent);
