namespace Nashi.TcpRelay.Protocol;

/// <summary>How much one client of a relay may send into the network.</summary>
internal sealed record EgressLimits
{
    /// <summary>Bytes a second; zero for no limit.</summary>
    public long BytesPerSecond { get; init; }

    /// <summary>Whether private networks are reached.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>Bytes at once: what the rate gives in a quarter of a second, but never less than a few bursts of a stream.</summary>
    public double Burst => Math.Max(256 * 1024, BytesPerSecond / 4.0);

    /// <summary>New destinations a second, in the long run.</summary>
    public int NewDestinationsPerSecond { get; init; } = 64;

    /// <summary>New destinations after a pause: a node's first look around, or a punch with many ports.</summary>
    public int NewDestinationsAtOnce { get; init; } = 512;

    /// <summary>Bytes to a destination that has not answered: the first flight of a stream.</summary>
    public int UnansweredAtOnce { get; init; } = 16 * 1024;

    /// <summary>Bytes a second to it afterwards.</summary>
    public int UnansweredPerSecond { get; init; } = 1024;
}
