using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TcpRelay;

namespace Nashi.Dht;

/// <summary>How a connection is made, and how it fares.</summary>
public sealed record ConnectionInfo
{
    /// <summary>How the two ends reach each other.</summary>
    public ConnectionKind Kind { get; init; }

    /// <summary>Where its packets are sent to now: the remote's address, or the relay's.</summary>
    public UdpAddress RemoteAddress { get; init; }

    /// <summary>Who relays it; null when nobody does.</summary>
    public PublicKey? RelayedBy { get; init; }

    /// <summary>By which TCP relay our packets go round, because UDP is blocked here; null when they do not. Beside <see cref="Kind"/>, which is what the remote sees.</summary>
    public TcpRelayLink? TcpRelay { get; init; }

    /// <summary>Smoothed round-trip time; zero until measured.</summary>
    public TimeSpan RoundTrip { get; init; }

    /// <summary>The largest IP packet in use, in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Payload bytes sent, repeats included.</summary>
    public long BytesSent { get; init; }

    /// <summary>Payload bytes received.</summary>
    public long BytesReceived { get; init; }

    /// <summary>Which part of the packets sent had to be repeated, 0 to 1.</summary>
    public double Loss { get; init; }

    /// <summary>How long what is under way has waited without a sign from the remote; zero when all is well.</summary>
    public TimeSpan Silence { get; init; }

    /// <summary>How often the remote's address changed and the connection followed.</summary>
    public int Moves { get; init; }
}
