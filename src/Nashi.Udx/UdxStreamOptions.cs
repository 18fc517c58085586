namespace Nashi.Udx;

/// <summary>How a stream behaves.</summary>
public sealed record UdxStreamOptions
{
    /// <summary>The defaults.</summary>
    public static UdxStreamOptions Default { get; } = new();

    /// <summary>
    /// Bytes that may wait for the application to read them. Grows to four times as many on a path that loses packets, where what follows a lost one waits for
    /// its repeat, as long as the application reads what it gets. Default 4 MiB; at least 64 KiB.
    /// </summary>
    public int ReceiveWindow { get; init; } = 4 << 20;

    /// <summary>
    /// Bytes that may wait to be acknowledged before writing waits. Grows to four times as many when the path and the remote's window take them.
    /// Default 4.25 MiB; at least 64 KiB.
    /// </summary>
    public int SendBuffer { get; init; } = (4 << 20) + (256 << 10);

    /// <summary>The largest IP packet to try, in bytes. Default 1500; 1200 or less switches the search off.</summary>
    public int MtuMax { get; init; } = 1500;

    /// <summary>Sends a heartbeat when this long nothing was sent; zero for never. Default never: the layer above has its own.</summary>
    public TimeSpan KeepAlive { get; init; }

    /// <summary>How long the remote may leave unacknowledged what is sent again and again before the stream ends. Default 30 seconds.</summary>
    /// <remarks>The reference gives up after some 13 seconds. Time that this machine slept does not count.</remarks>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The number of each side's first packet; both must agree. Zero in all of today's handshakes.</summary>
    internal uint FirstSequence { get; init; }

    internal UdxStreamOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ReceiveWindow, 64 << 10);
        ArgumentOutOfRangeException.ThrowIfLessThan(SendBuffer, 64 << 10);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Patience, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MtuMax, 1500);
        return this;
    }
}
