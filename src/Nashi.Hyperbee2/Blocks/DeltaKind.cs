namespace Nashi.Hyperbee2.Blocks;

/// <summary>What one step does to a list of keys or children.</summary>
internal enum DeltaKind : byte
{
    /// <summary>Replaces what is at the index.</summary>
    Set = 0,

    /// <summary>Inserts before the index.</summary>
    Insert = 1,

    /// <summary>Removes what is at the index.</summary>
    Delete = 2,

    /// <summary>Does all steps of a cohort, which a block keeps.</summary>
    Cohort = 3,
}
