namespace Nashi.Udx;

/// <summary>What a stream did so far.</summary>
public readonly record struct UdxStreamStats
{
    /// <summary>Smoothed round-trip time; zero until measured.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The size of IP packets in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Bytes that may be under way.</summary>
    public long CongestionWindow { get; init; }

    /// <summary>Bytes under way.</summary>
    public long InFlight { get; init; }

    /// <summary>Bytes per second that the path delivered lately.</summary>
    public double Bandwidth { get; init; }

    /// <summary>Payload bytes sent, repeats included.</summary>
    public long BytesSent { get; init; }

    /// <summary>Payload bytes received in order.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Packets sent, of all kinds.</summary>
    public long PacketsSent { get; init; }

    /// <summary>Packets received, of all kinds.</summary>
    public long PacketsReceived { get; init; }

    /// <summary>Packets sent again.</summary>
    public long Retransmits { get; init; }

    /// <summary>Times that nothing was heard for a whole timeout.</summary>
    public long Timeouts { get; init; }

    /// <summary>How long what is under way has waited without a sign from the remote; zero when nothing is under way.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>Received packets or parts that were malformed or out of bounds.</summary>
    public long Invalid { get; init; }
}
