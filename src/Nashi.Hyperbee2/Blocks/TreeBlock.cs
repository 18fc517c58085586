namespace Nashi.Hyperbee2.Blocks;

/// <summary>
/// A decoded block, the same for all three formats: the nodes of the two older ones become cohorts of insertions.
/// A list that is <see langword="null"/> is not written at all; an empty one is.
/// </summary>
internal sealed record TreeBlock
{
    /// <summary>Half of the most children a node has, unless the block says otherwise.</summary>
    public const int DefaultDegree = 128;

    public BlockType Type { get; init; } = BlockType.Version1;

    /// <summary>The length of the log at the newest block that lists the cores, this one included; 0 when there is none.</summary>
    public ulong Checkpoint { get; init; }

    /// <summary>How many blocks of the same write come before this one.</summary>
    public ulong BatchStart { get; init; }

    /// <summary>How many blocks of the same write come after this one; the last of them holds the root.</summary>
    public ulong BatchEnd { get; init; }

    /// <summary>The root block of the version before.</summary>
    public BlockPointer? Previous { get; init; }

    /// <summary>The cores that pointers with the numbers 1, 2, 3 … go into.</summary>
    public CoreEntry[]? Cores { get; init; }

    public BlockNode[]? Nodes { get; init; }

    public BlockKey[]? Keys { get; init; }

    public ReadOnlyMemory<byte>[]? Values { get; init; }

    public TreeDelta[][]? Cohorts { get; init; }

    /// <summary>Half of the most children a node of this tree has.</summary>
    public int Degree { get; init; } = DefaultDegree;
}
