namespace Nashi.Laboratory.Kernel;

/// <summary>Everything a laboratory makes carries its process id, so that the next one can tell what a killed one left behind.</summary>
internal static class Naming
{
    public const string Prefix = "nashi-lab-";

    private static int _laboratories;

    /// <summary>A prefix of its own for one laboratory of this process.</summary>
    public static string Next() => $"{Prefix}{Environment.ProcessId}-{Interlocked.Increment(ref _laboratories)}";

    /// <summary>Removes the namespaces of laboratories whose process is gone, and ends the peers still in them.</summary>
    public static int Sweep()
    {
        var swept = 0;
        foreach (var name in NetSpace.Names(Prefix))
        {
            var owner = name[Prefix.Length..].Split('-')[0];
            if (!int.TryParse(owner, out var process) || Directory.Exists($"/proc/{process}")) continue;
            foreach (var line in Shell.FeedHere("ip", ["netns", "pids", name], "").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                if (int.TryParse(line, out var left)) _ = Native.Signal(left, 9);
            }

            NetSpace.Remove(name);
            swept++;
        }

        return swept;
    }
}
