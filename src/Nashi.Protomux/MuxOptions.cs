namespace Nashi.Protomux;

/// <summary>Limits of a <see cref="Mux"/>. They bound what a remote can make us hold; all have safe defaults.</summary>
public sealed record MuxOptions
{
    /// <summary>The defaults.</summary>
    public static MuxOptions Default { get; } = new();

    /// <summary>The most channels a remote may have open at once. Default 65536. Beyond it the connection is closed.</summary>
    public int MaxRemoteChannels { get; init; } = 65536;

    /// <summary>
    /// How many channels that a remote opened may wait for our side to decide, at once. Default 256. Beyond it reading pauses until some are decided.
    /// </summary>
    public int MaxPendingOpens { get; init; } = 256;

    /// <summary>
    /// Bytes that messages for undecided channels may take, counting 512 more for each. Default 32768. Beyond it reading pauses.
    /// </summary>
    public int MaxBufferedBytes { get; init; } = 32 * 1024;

    /// <summary>Bytes of corked messages after which a batch is sent. Default 256 KiB; at most 8 MiB, the reference's own mark.</summary>
    public int MaxBatchSize { get; init; } = 256 * 1024;

    /// <summary>
    /// How many rejections may be queued for a remote that does not read them. Default 4096. Beyond it the connection is closed.
    /// </summary>
    public int MaxUnreadRejections { get; init; } = 4096;

    internal MuxOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRemoteChannels);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPendingOpens);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxBufferedBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxBatchSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxBatchSize, 8 * 1024 * 1024);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxUnreadRejections);
        return this;
    }
}
