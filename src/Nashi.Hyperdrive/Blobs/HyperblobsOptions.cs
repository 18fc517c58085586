namespace Nashi.Hyperdrive;

/// <summary>How <see cref="Hyperblobs"/> behave.</summary>
public sealed record HyperblobsOptions
{
    /// <summary>The defaults.</summary>
    public static HyperblobsOptions Default { get; } = new();

    /// <summary>Bytes per block of a blob given as one buffer. Default: 65 536, as the reference.</summary>
    public int BlockSize { get; init; } = 65_536;

    /// <summary>The largest blob that is read into memory at once. Default: 1 GiB.</summary>
    public ulong MaxInMemory { get; init; } = 1UL << 30;

    /// <summary>Whether a read waits for peers when a block is not here. Default: true.</summary>
    public bool Wait { get; init; } = true;

    /// <summary>How long a read waits for one block. Default: until it is cancelled.</summary>
    public TimeSpan Timeout { get; init; } = System.Threading.Timeout.InfiniteTimeSpan;
}
