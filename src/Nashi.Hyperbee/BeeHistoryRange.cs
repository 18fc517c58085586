namespace Nashi.Hyperbee;

/// <summary>Which part of a tree's history to read.</summary>
public sealed record BeeHistoryRange
{
    /// <summary>All of it, oldest first.</summary>
    public static BeeHistoryRange All { get; } = new();

    /// <summary>The first block. Default: 1, the one after the header.</summary>
    public ulong From { get; init; } = 1;

    /// <summary>One past the last block. Default: the version of the tree.</summary>
    public ulong? To { get; init; }

    /// <summary>Newest first. Default: false.</summary>
    public bool Reverse { get; init; }

    /// <summary>At most so many changes. Default: all.</summary>
    public long Limit { get; init; } = long.MaxValue;
}
