namespace Nashi.Deploy;

/// <summary>What happened to a file.</summary>
public enum FileChangeKind
{
    /// <summary>It was the same on both sides.</summary>
    Equal,

    /// <summary>It was not there before.</summary>
    Added,

    /// <summary>It was there with other content.</summary>
    Changed,

    /// <summary>It is gone.</summary>
    Removed,
}
