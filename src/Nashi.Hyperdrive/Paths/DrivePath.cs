namespace Nashi.Hyperdrive;

/// <summary>Paths inside drives: always absolute, with <c>/</c> between names, and no <c>.</c> or <c>..</c>.</summary>
public static class DrivePath
{
    /// <summary>No path has more bytes.</summary>
    public const int MaxBytes = 4096;

    /// <summary>Resolves a path against the root, as the reference does: <c>\</c> separates names too, and a drive letter is dropped.</summary>
    /// <exception cref="DrivePathException">It leads above the root, holds a NUL, or is too long.</exception>
    public static string Normalize(string path) => Resolve("/", path);

    /// <summary>Resolves a path against a folder.</summary>
    /// <exception cref="DrivePathException">It leads above the root, holds a NUL, or is too long.</exception>
    public static string Resolve(string folder, string path)
    {
        if (path.Contains('\0', StringComparison.Ordinal)) throw DrivePathException.Refused(path, "it holds a NUL");
        var names = new List<string>();
        var (isAbsolute, parts) = Parse(path);
        if (!isAbsolute) Walk(names, Parse(folder).Parts, folder);
        Walk(names, parts, path);
        var resolved = "/" + string.Join('/', names);
        return System.Text.Encoding.UTF8.GetByteCount(resolved) <= MaxBytes ? resolved : throw DrivePathException.Refused(path, "it is too long");
    }

    /// <summary>Whether a path is written exactly as <see cref="Normalize"/> would: what a stranger's drive must hold to be copied anywhere.</summary>
    public static bool IsCanonical(string path)
    {
        if (path.Length < 2 || path[0] != '/' || path.Contains('\0', StringComparison.Ordinal) || path.Contains('\\', StringComparison.Ordinal)) return false;
        foreach (var name in path.AsSpan(1).Split('/'))
        {
            if (path.AsSpan(1)[name] is "" or "." or "..") return false;
        }

        return System.Text.Encoding.UTF8.GetByteCount(path) <= MaxBytes;
    }

    /// <summary>The names of a path.</summary>
    public static string[] Names(string path) => path.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A file's path; the root itself is none.</summary>
    internal static string File(string path)
    {
        var normal = Normalize(path);
        return normal.Length > 1 ? normal : throw DrivePathException.Refused(path, "it names the root folder");
    }

    /// <summary>A folder's path without the slash at its end: empty for the root.</summary>
    internal static string Folder(string? path)
    {
        var normal = Normalize(string.IsNullOrEmpty(path) ? "/" : path);
        return normal.Length > 1 ? normal : "";
    }

    private static void Walk(List<string> names, ReadOnlySpan<string> parts, string path)
    {
        foreach (var part in parts)
        {
            if (part is "" or ".") continue;
            if (part != "..")
            {
                names.Add(part);
                continue;
            }

            if (names.Count == 0) throw DrivePathException.Refused(path, "it leads above the root");
            names.RemoveAt(names.Count - 1);
        }
    }

    private static (bool IsAbsolute, string[] Parts) Parse(string path)
    {
        var parts = path.Split('/', '\\');
        if (parts.Length < 2 || !parts[0].EndsWith(':')) return (path.StartsWith('/') || path.StartsWith('\\'), parts);

        // "C:/x" and "file:/x" lose their first name, "scheme://host/x" also its host.
        var dropped = parts[0].Length == 2 || parts[0] == "file:" ? 1 : Math.Min(3, parts.Length);
        return (true, parts[dropped..]);
    }
}
