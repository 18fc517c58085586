using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>A node's answer to one request.</summary>
/// <param name="From">The node.</param>
/// <param name="Seen">Where it sees us.</param>
/// <param name="Value">What it said; null when nothing.</param>
internal sealed record NodeReply(UdpAddress From, UdpAddress Seen, byte[]? Value);
