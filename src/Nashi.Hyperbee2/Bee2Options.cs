namespace Nashi.Hyperbee2;

/// <summary>How a <see cref="Hyperbee2"/> behaves.</summary>
public sealed record Bee2Options
{
    /// <summary>The defaults.</summary>
    public static Bee2Options Default { get; } = new();

    /// <summary>Half of the most children a node of a new tree has: 2 to 128. Default: 128.</summary>
    public int Degree { get; init; } = 128;

    /// <summary>How many decoded nodes are kept in memory. Default: 4096.</summary>
    public int MaxCachedNodes { get; init; } = 4096;

    /// <summary>How many decoded blocks are kept in memory. Default: 8192.</summary>
    public int MaxCachedBlocks { get; init; } = 8192;

    /// <summary>The most cores one tree may make us open. Default: 256.</summary>
    public int MaxCores { get; init; } = 256;

    /// <summary>Whether a read waits for peers when a block is not here. Default: true.</summary>
    public bool Wait { get; init; } = true;
}
