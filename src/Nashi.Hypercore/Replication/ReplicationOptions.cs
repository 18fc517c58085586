namespace Nashi.Hypercore.Replication;

/// <summary>Limits of replication. They bound what a peer can make us hold or do; all have safe defaults.</summary>
public sealed record ReplicationOptions
{
    /// <summary>The defaults.</summary>
    public static ReplicationOptions Default { get; } = new();

    /// <summary>The fewest requests that may be under way to one peer. Default 32.</summary>
    public int MinRequestsPerPeer { get; init; } = 32;

    /// <summary>The most requests that may be under way to one peer. Default 512.</summary>
    public int MaxRequestsPerPeer { get; init; } = 512;

    /// <summary>Bytes of blocks that may be under way from one peer, by estimate. Default 16 MiB. At least 2 requests are always allowed.</summary>
    public long MaxRequestedBytesPerPeer { get; init; } = 16 * 1024 * 1024;

    /// <summary>The most unanswered requests of one peer. Default 4096. Beyond it the connection is closed.</summary>
    public int MaxQueuedRequestsPerPeer { get; init; } = 4096;

    /// <summary>How many requests without sense a peer may make. Default 64. Beyond it the connection is closed.</summary>
    public int MaxInvalidRequestsPerPeer { get; init; } = 64;

    /// <summary>How many wrong answers a peer may give, each followed by a probe for a conflict. Default 3. Then the connection is closed.</summary>
    public int MaxInvalidAnswersPerPeer { get; init; } = 3;

    /// <summary>How many answers nobody asked for a peer may send. Default 1024. Beyond it the connection is closed.</summary>
    public int MaxUnaskedAnswersPerPeer { get; init; } = 1024;

    /// <summary>How long a peer that sends nothing may keep a request before others are asked too. Default 5 s.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a request may stay unanswered before it is cancelled and made anew. Default 30 s.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    internal ReplicationOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MinRequestsPerPeer);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxRequestsPerPeer, MinRequestsPerPeer);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxRequestsPerPeer, 16384);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRequestedBytesPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedRequestsPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInvalidRequestsPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxInvalidAnswersPerPeer);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnaskedAnswersPerPeer);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SlowAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(RequestTimeout, TimeSpan.Zero);
        return this;
    }
}
