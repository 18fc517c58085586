namespace Nashi.Hyperdrive;

/// <summary>How a folder on disk is used as a drive.</summary>
public sealed record LocalDriveOptions
{
    /// <summary>The defaults.</summary>
    public static LocalDriveOptions Default { get; } = new();

    /// <summary>Which links may be made. Default: only those that stay inside the folder.</summary>
    public LinkPolicy Links { get; init; } = LinkPolicy.Inside;

    /// <summary>Writes a new file beside the old one and moves it over: readers see the old content or the new, never half of it. Default: true.</summary>
    public bool IsAtomic { get; init; } = true;

    /// <summary>Refuses names that other systems cannot store (such as <c>CON</c>, <c>a:b</c> or a name with a dot at its end). Default: only where this system is one of them.</summary>
    public bool PortableNames { get; init; } = OperatingSystem.IsWindows();

    /// <summary>Refuses every write. Default: false.</summary>
    public bool IsReadOnly { get; init; }
}
