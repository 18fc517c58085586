namespace Nashi.Hypercore;

/// <summary>What happened to a core.</summary>
public enum CoreChangeKind
{
    /// <summary>It grew: blocks were appended here, or a longer signed tree came from a peer.</summary>
    Appended,

    /// <summary>It was cut: blocks from the start on are gone.</summary>
    Truncated,

    /// <summary>Blocks came from peers.</summary>
    Downloaded,

    /// <summary>Stored blocks were removed; the tree still knows them.</summary>
    Cleared,

    /// <summary>Two different trees were signed for it: it is frozen.</summary>
    Conflicted,
}
