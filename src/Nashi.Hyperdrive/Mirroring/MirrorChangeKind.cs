namespace Nashi.Hyperdrive;

/// <summary>What a mirror does to a file.</summary>
public enum MirrorChangeKind
{
    /// <summary>It was not there.</summary>
    Add,

    /// <summary>It was there with other content, or with another mode or other metadata.</summary>
    Change,

    /// <summary>It is not in the source.</summary>
    Remove,

    /// <summary>It is the same in both.</summary>
    Equal,
}
