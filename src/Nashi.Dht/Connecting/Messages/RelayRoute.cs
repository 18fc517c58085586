using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>A node that relays for a server, and where that node sees the server.</summary>
/// <param name="Relay">The node.</param>
/// <param name="Peer">The server, as the node sees it.</param>
internal readonly record struct RelayRoute(UdpAddress Relay, UdpAddress Peer);
