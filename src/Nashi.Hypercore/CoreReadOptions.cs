namespace Nashi.Hypercore;

/// <summary>Which blocks are read one after the other, and how.</summary>
public sealed record CoreReadOptions
{
    /// <summary>All blocks there are.</summary>
    public static CoreReadOptions Default { get; } = new();

    /// <summary>The first block. Default 0.</summary>
    public ulong Start { get; init; }

    /// <summary>One past the last. Default null: up to the end.</summary>
    public ulong? End { get; init; }

    /// <summary>Goes on when the core grows. Default false.</summary>
    public bool IsLive { get; init; }

    /// <summary>How many blocks are downloaded ahead of the reader. Default 64.</summary>
    public int Ahead { get; init; } = 64;

    /// <summary>How each block is read.</summary>
    public CoreGetOptions Get { get; init; } = CoreGetOptions.Default;
}
