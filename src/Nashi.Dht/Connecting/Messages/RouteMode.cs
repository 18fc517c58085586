namespace Nashi.Dht.Connecting;

/// <summary>Which leg of its way a handshake or hole-punch message is on.</summary>
internal enum RouteMode : byte
{
    /// <summary>From the client to a node that may know the server.</summary>
    FromClient = 0,

    /// <summary>The server's answer, back to the node that relayed.</summary>
    FromServer = 1,

    /// <summary>From that node to the server, or to a node nearer to it.</summary>
    FromRelay = 2,

    /// <summary>From the nearer node to the server, which answers the first node directly.</summary>
    FromSecondRelay = 3,

    /// <summary>The answer, as the client gets it.</summary>
    Reply = 4,
}
