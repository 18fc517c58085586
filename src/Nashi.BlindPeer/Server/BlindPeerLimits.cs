namespace Nashi.BlindPeer;

/// <summary>How much a blind peer takes on. All have safe defaults.</summary>
public sealed record BlindPeerLimits
{
    /// <summary>The defaults.</summary>
    public static BlindPeerLimits Default { get; } = new();

    /// <summary>The most bytes it stores, blocks and what is kept beside them by estimate. Default 100 GB.</summary>
    public long Quota { get; init; } = 100_000_000_000;

    /// <summary>The most cores it keeps. Default 100,000. Beyond it those that never had a block give way; then new ones are refused.</summary>
    public int MaxCores { get; init; } = 100_000;

    /// <summary>The most cores that one stranger may ask for. Default 4096. Clients that are allowed or trusted by name have no such limit.</summary>
    public int MaxCoresPerStranger { get; init; } = 4096;

    /// <summary>The share of the quota that one stranger's cores may take, in percent. Default 25. Clients that are allowed or trusted by name have no such limit.</summary>
    public int StrangerPercent { get; init; } = 25;

    /// <summary>The most cores that one address may ask for within a minute. Default 6000.</summary>
    public int MaxCoresPerMinute { get; init; } = 6000;

    /// <summary>The most cores that one connection may have open here. Default 4096.</summary>
    public int MaxCoresPerConnection { get; init; } = 4096;

    /// <summary>The most connections. Default 4096.</summary>
    public int MaxConnections { get; init; } = 4096;

    internal BlindPeerLimits Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Quota);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCores);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCoresPerStranger);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(StrangerPercent);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(StrangerPercent, 100);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCoresPerMinute);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCoresPerConnection);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxConnections);
        return this;
    }
}
