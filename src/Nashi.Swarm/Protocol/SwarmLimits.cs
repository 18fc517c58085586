namespace Nashi.Swarm.Protocol;

/// <summary>How much a swarm takes on.</summary>
internal sealed record SwarmLimits
{
    /// <summary>How many connections, roughly; peers joined by key count on top.</summary>
    public int MaxPeers { get; init; } = 64;

    /// <summary>How many of them we open.</summary>
    public int MaxClientConnections { get; init; } = int.MaxValue;

    /// <summary>How many of them others open.</summary>
    public int MaxServerConnections { get; init; } = int.MaxValue;

    /// <summary>How many are being opened at once.</summary>
    public int MaxParallel { get; init; } = 3;

    /// <summary>How many peers are remembered.</summary>
    public int MaxKnownPeers { get; init; } = 4096;
}
