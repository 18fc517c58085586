namespace Nashi.Deploy;

/// <summary>What to put into a drive.</summary>
public sealed record StageOptions
{
    /// <summary>Only say what would change. Nothing is written, to the drive or anywhere.</summary>
    public bool IsDryRun { get; init; }

    /// <summary>Patterns of paths to leave out (<see cref="PathFilter"/>). Ignored paths that the drive already has stay there, unless <see cref="Purge"/>.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Prefixes of paths to take; all when empty.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Remove from the drive what is ignored now.</summary>
    public bool Purge { get; init; }
}
