namespace Nashi.TestKit;

/// <summary>Where this checkout lies.</summary>
public static class Repository
{
    /// <summary>The folder that holds <c>nashi.slnx</c>.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    /// <summary>A path below the root.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    private static string Find(string start)
    {
        for (var at = new DirectoryInfo(start); at is not null; at = at.Parent)
        {
            if (File.Exists(Path.Combine(at.FullName, "nashi.slnx"))) return at.FullName;
        }

        throw new InvalidOperationException($"No nashi.slnx above {start}: tests run from inside the repository.");
    }
}
