namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Somebody wants all blocks of a range.</summary>
internal sealed class RangeDemand(ulong start, ulong? end, bool isLinear)
{
    /// <summary>The first block that is missing, or later than it was.</summary>
    public ulong Start { get; set; } = start;

    /// <summary>Where it began.</summary>
    public ulong From { get; } = start;

    /// <summary>One past the last block; null follows the core.</summary>
    public ulong? End { get; } = end;

    /// <summary>In order, from the start; otherwise peers begin in different places.</summary>
    public bool IsLinear { get; } = isLinear;

    /// <summary>Ranges of a higher one are asked for first.</summary>
    public int Priority { get; set; }

    /// <summary>Where the shell keeps what to complete.</summary>
    public object? Tag { get; set; }
}
