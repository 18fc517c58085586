namespace Nashi.Cli.Chat;

/// <summary>Where relative paths start: this program's folder, or that of the one that asked for the command.</summary>
internal static class WorkingFolder
{
    private static readonly AsyncLocal<string?> Forwarded = new();

    /// <summary>The folder in this flow of execution; null for the program's own.</summary>
    public static string? Folder
    {
        get => Forwarded.Value;
        set => Forwarded.Value = value;
    }

    /// <summary>A path that does not depend on the folder; ~ is the user's own.</summary>
    public static string Resolve(string path)
    {
        if (path == "~" || path.StartsWith("~/", StringComparison.Ordinal)) path = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) + path[1..];
        return Path.GetFullPath(path, Folder ?? Environment.CurrentDirectory);
    }
}
