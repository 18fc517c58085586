namespace Nashi.Hypercore;

/// <summary>What to download, and before or after what else.</summary>
public sealed record CoreDownloadOptions
{
    /// <summary>The first block. Default: 0.</summary>
    public ulong Start { get; init; }

    /// <summary>One past the last block; null follows the core as it grows. Default: null.</summary>
    public ulong? End { get; init; }

    /// <summary>Asks for the blocks in order instead of beginning with each peer elsewhere. Default: false.</summary>
    public bool Linear { get; init; }

    /// <summary>Downloads of a higher priority are asked for first, those of the same take turns; single reads go before all. Default: 0.</summary>
    public int Priority { get; init; }
}
