namespace Nashi.TcpRelay.Protocol;

/// <summary>What one client of a relay may have.</summary>
internal sealed record SessionLimits
{
    /// <summary>What it may send.</summary>
    public EgressLimits Egress { get; init; } = new();

    /// <summary>Ports.</summary>
    public int MaxChannels { get; init; }

    /// <summary>How soon it has to say hello.</summary>
    public TimeSpan HelloTimeout { get; init; }

    /// <summary>How long no datagram may pass.</summary>
    public TimeSpan IdleTimeout { get; init; }
}
