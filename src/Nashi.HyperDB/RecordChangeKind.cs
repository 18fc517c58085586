namespace Nashi.HyperDB;

/// <summary>What happened to a record.</summary>
public enum RecordChangeKind
{
    /// <summary>It was inserted or replaced.</summary>
    Insert,

    /// <summary>It was deleted.</summary>
    Delete,
}
