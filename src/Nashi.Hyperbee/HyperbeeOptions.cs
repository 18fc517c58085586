namespace Nashi.Hyperbee;

/// <summary>How a <see cref="Hyperbee"/> behaves.</summary>
public sealed record HyperbeeOptions
{
    /// <summary>The defaults.</summary>
    public static HyperbeeOptions Default { get; } = new();

    /// <summary>Written into the header of a tree that has none yet.</summary>
    public BeeMetadata? Metadata { get; init; }

    /// <summary>Whether putting an identical value appends a block all the same, as the reference does. Default: true.</summary>
    public bool AlwaysDuplicate { get; init; } = true;

    /// <summary>Refuses every write, even on a writable log. Default: false.</summary>
    public bool ReadOnly { get; init; }

    /// <summary>How many decoded blocks are kept in memory. Default: 16 384.</summary>
    public int MaxCachedBlocks { get; init; } = 16_384;

    /// <summary>Whether a read waits for peers when a block is not here. Default: true.</summary>
    public bool Wait { get; init; } = true;
}
