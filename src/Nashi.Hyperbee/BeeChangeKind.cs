namespace Nashi.Hyperbee;

/// <summary>What a block of a tree did.</summary>
public enum BeeChangeKind
{
    /// <summary>Set a key.</summary>
    Put,

    /// <summary>Removed a key.</summary>
    Delete,
}
