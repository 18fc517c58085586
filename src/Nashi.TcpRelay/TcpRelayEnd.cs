namespace Nashi.TcpRelay;

/// <summary>Why a connection between a client and a TCP relay ended. The numbers up to 15 are on the wire.</summary>
public enum TcpRelayEnd
{
    /// <summary>The other side closed it without saying why, or the network did.</summary>
    Lost = 0,

    /// <summary>Closed on purpose: the relay stops, or the client needs it no more.</summary>
    Closed = 1,

    /// <summary>The relay is private, and the link has no or another secret.</summary>
    Unauthorized = 2,

    /// <summary>The relay serves as many clients as it can, altogether or of this network address.</summary>
    Full = 3,

    /// <summary>The other side speaks another version of the protocol.</summary>
    Version = 4,

    /// <summary>The other side sent something that is not in the protocol.</summary>
    Malformed = 5,

    /// <summary>No datagram passed for long.</summary>
    Idle = 6,

    /// <summary>Nothing was heard of the other side for 30 seconds, or it took nothing for as long.</summary>
    TimedOut = 16,
}
