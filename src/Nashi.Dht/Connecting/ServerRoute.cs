namespace Nashi.Dht.Connecting;

/// <summary>What a server does once it has answered a handshake. Source: network.md §3.6.</summary>
internal enum ServerRoute
{
    /// <summary>The client can be reached: connect to it at once.</summary>
    Connect,

    /// <summary>The client is a neighbour: answer from the node's own socket, so that it may come over the LAN, and be ready to punch.</summary>
    AwaitNeighbour,

    /// <summary>We can be reached, or do not punch: wait for the client.</summary>
    Await,

    /// <summary>Punch: answer from the punch socket, so that the relays see where it is.</summary>
    Punch,
}
