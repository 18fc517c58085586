namespace Nashi.Deploy;

/// <summary>What to take out of a drive.</summary>
public sealed record DumpOptions
{
    /// <summary>Only say what would change.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Prefixes of paths to take; all when empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Remove files of the folder that the drive does not have.</summary>
    public bool Prune { get; init; } = true;

    /// <summary>Write into a folder that has files already, over what is there.</summary>
    public bool Force { get; init; }
}
