namespace Nashi.Hyperdrive;

/// <summary>Which entries of a folder to list.</summary>
public sealed record DriveListOptions
{
    /// <summary>All, at any depth.</summary>
    public static DriveListOptions Default { get; } = new();

    /// <summary>Whether to go into folders. Default: true.</summary>
    public bool IsRecursive { get; init; } = true;

    /// <summary>Paths to leave out, with all that is below them.</summary>
    public IReadOnlyList<string> Ignore { get; init; } = [];

    /// <summary>Leaves out entries for which it answers true.</summary>
    public Func<string, bool>? IgnoreWhere { get; init; }

    internal Func<string, bool> Ignored()
    {
        if (Ignore.Count == 0) return IgnoreWhere ?? (static _ => false);
        var paths = Ignore.Select(DrivePath.Folder).ToArray();
        return path => IgnoreWhere?.Invoke(path) == true || Array.Exists(paths, ignored => IsWithin(path, ignored));
    }

    private static bool IsWithin(string path, string folder)
        => path.StartsWith(folder, StringComparison.Ordinal) && (path.Length == folder.Length || path[folder.Length] == '/');
}
