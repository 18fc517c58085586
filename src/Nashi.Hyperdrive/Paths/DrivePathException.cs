namespace Nashi.Hyperdrive;

/// <summary>A path is not used, because of what it holds or where it leads.</summary>
public sealed class DrivePathException : NashiException
{
    private DrivePathException(string path, string why)
        : base("UNSAFE_PATH", $"The path '{Shown(path)}' is refused: {why}.") => Path = path;

    /// <summary>The path.</summary>
    public string Path { get; }

    internal static DrivePathException Refused(string path, string why) => new(path, why);

    // A stranger may have chosen the path: nothing in it may steer a terminal or fill a log.
    private static string Shown(string path)
    {
        var shown = string.Concat(path.Take(200).Select(c => char.IsControl(c) || c is >= '\u202a' and <= '\u202e' or >= '\u2066' and <= '\u2069' ? '?' : c));
        return path.Length > 200 ? shown + "…" : shown;
    }
}
