namespace Nashi.Hypercore;

/// <summary>How a stream is cut into blocks.</summary>
public sealed record CoreWriteOptions
{
    /// <summary>The defaults.</summary>
    public static CoreWriteOptions Default { get; } = new();

    /// <summary>Bytes of a block; the last of a flush may be shorter. Default: 64 KiB.</summary>
    public int BlockSize { get; init; } = 64 * 1024;

    /// <summary>Bytes that may wait to be stored before a write waits. Default: 1 MiB.</summary>
    public int MaxWaiting { get; init; } = 1 << 20;

    internal CoreWriteOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(BlockSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BlockSize, CoreOptions.MaxBlockSize);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxWaiting);
        return this;
    }
}
