namespace Nashi.Deploy;

/// <summary>How a folder is kept equal to a drive.</summary>
public sealed record FolderSyncOptions
{
    /// <summary>The defaults.</summary>
    public static FolderSyncOptions Default { get; } = new();

    /// <summary>Paths and globs that are left alone on both sides. Default none.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Whether to remove what the other side does not have. Default true.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>How long a folder must be still before it is read: programs write files in several steps. Default 300 ms.</summary>
    public TimeSpan Quiet { get; init; } = TimeSpan.FromMilliseconds(300);

    /// <summary>The time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
