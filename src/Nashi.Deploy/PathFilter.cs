using Microsoft.Extensions.FileSystemGlobbing;

namespace Nashi.Deploy;

/// <summary>Which paths of a drive or folder take part in an operation.</summary>
/// <remarks>
/// A path takes part when it lies at or below one of the <em>only</em> prefixes (all do when there are none) and matches no <em>ignore</em> pattern.
/// A pattern is a path, or a glob with <c>*</c> and <c>**</c>; it covers everything below what it names; one that starts with <c>!</c> takes paths back in.
/// Paths are drive paths: they start with a slash. Source: pear.md §1.3. Thread-safe: immutable.
/// </remarks>
public sealed class PathFilter
{
    private readonly string[] _only;
    private readonly Matcher? _ignore;

    /// <summary>Makes a filter.</summary>
    /// <param name="ignore">Patterns of paths to leave out.</param>
    /// <param name="only">Prefixes of paths to take.</param>
    public PathFilter(IEnumerable<string>? ignore = null, IEnumerable<string>? only = null)
    {
        _only = [.. (only ?? []).Select(Normalise).Where(prefix => prefix.Length > 0)];
        _ignore = MakeMatcher([.. (ignore ?? []).Select(pattern => pattern.Trim()).Where(pattern => pattern.Length > 0)]);
    }

    /// <summary>Takes everything.</summary>
    public static PathFilter All { get; } = new();

    /// <summary>Whether every path takes part.</summary>
    public bool IsAll => _ignore is null && _only.Length == 0;

    /// <summary>Whether a path takes part.</summary>
    public bool Includes(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        var relative = path.TrimStart('/');
        return IsBelowOnly(relative) && !IsIgnored(relative);
    }

    /// <summary>Whether a path lies at or below one of the <em>only</em> prefixes.</summary>
    public bool IsWanted(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsBelowOnly(path.TrimStart('/'));
    }

    /// <summary>Whether a path matches an ignore pattern.</summary>
    public bool Ignores(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return IsIgnored(path.TrimStart('/'));
    }

    private bool IsBelowOnly(string relative) => _only.Length == 0 || _only.Any(prefix => IsAtOrBelow(relative, prefix));

    private bool IsIgnored(string relative) => _ignore is not null && _ignore.Match(relative).HasMatches;

    private static bool IsAtOrBelow(string path, string prefix) =>
        path.StartsWith(prefix, StringComparison.Ordinal) && (path.Length == prefix.Length || path[prefix.Length] == '/');

    private static Matcher? MakeMatcher(string[] patterns)
    {
        if (patterns.Length == 0) return null;
        var matcher = new Matcher(StringComparison.Ordinal);
        foreach (var pattern in patterns)
        {
            var takesBack = pattern[0] == '!';
            var glob = Normalise(takesBack ? pattern[1..] : pattern);
            if (glob.Length == 0) continue;
            foreach (var form in (string[])[glob, glob + "/**"])
            {
                _ = takesBack ? matcher.AddExclude(form) : matcher.AddInclude(form);
            }
        }

        return matcher;
    }

    private static string Normalise(string path) => path.Trim().Replace('\\', '/').Trim('/');
}
