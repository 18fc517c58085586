namespace Nashi.Datagrams;

/// <summary>A bound UDP socket, in batches. The seam between protocols and the operating system, or a simulated network.</summary>
/// <remarks>One thread waits and receives; any thread may send or wake it.</remarks>
public interface IDatagramSocket : IDisposable
{
    /// <summary>Where the socket is bound.</summary>
    UdpAddress LocalAddress { get; }

    /// <summary>How many datagrams of equal size one <see cref="Send"/> may carry; 1 when the system cannot split them itself.</summary>
    int MaxSegments { get; }

    /// <summary>Blocks until a datagram is there, <see cref="Wake"/> was called or the time is over.</summary>
    /// <param name="timeout">How long to wait; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    void Wait(TimeSpan timeout);

    /// <summary>Whether a datagram is there; so that a few can be found among many silent sockets without a thread for each.</summary>
    bool HasDatagram { get; }

    /// <summary>Receives what is there, without blocking.</summary>
    /// <returns>How many datagrams were received.</returns>
    int Receive(DatagramHandler handler);

    /// <summary>Sends datagrams to one address, without blocking.</summary>
    /// <param name="bytes">One datagram, or several of <paramref name="segmentSize"/> bytes each but for the last, which may be shorter.</param>
    /// <param name="segmentSize">Size of each; the length of <paramref name="bytes"/> for one.</param>
    /// <param name="to">Where to.</param>
    /// <param name="timeToLive">Hops it may take; 0 for the default of 64.</param>
    /// <returns>False when the system took none now: the datagrams count as lost.</returns>
    bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0);

    /// <summary>Ends a <see cref="Wait"/> under way, or the next one.</summary>
    void Wake();
}
