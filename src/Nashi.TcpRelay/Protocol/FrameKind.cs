namespace Nashi.TcpRelay.Protocol;

/// <summary>What a frame says. The numbers are on the wire.</summary>
internal enum FrameKind : byte
{
    /// <summary>First from the client: version, and the secret of a private relay.</summary>
    Hello = 1,

    /// <summary>First from the relay: version, limits.</summary>
    Welcome = 2,

    /// <summary>From the client: a UDP port, please.</summary>
    Open = 3,

    /// <summary>From the relay: which port it is.</summary>
    Opened = 4,

    /// <summary>Give the port back; or from the relay: it is gone, or was not to be had.</summary>
    Close = 5,

    /// <summary>A datagram to (from the client) or from (to the client) an address.</summary>
    Datagram = 6,

    /// <summary>Are you there?</summary>
    Ping = 7,

    /// <summary>I am.</summary>
    Pong = 8,

    /// <summary>The last frame: why the connection ends.</summary>
    Goodbye = 9,
}
