using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Nashi.TestKit;

namespace Nashi.Fuzz.Guided;

/// <summary>Fuzzes many targets, each in a process of its own, and says what was found.</summary>
internal static class FuzzDriver
{
    public static async Task<int> RunAsync(Flags flags)
    {
        var wanted = flags.Text("target");
        var minutes = flags.Number("minutes", 10);
        var (jobs, seed) = (flags.Count("jobs", 2), flags.Count("seed", 1));
        flags.End();
        _ = new CoverageMap();
        var names = Targets.All.Select(target => target.Name).Where(name => wanted is null || name.Contains(wanted, StringComparison.OrdinalIgnoreCase)).ToList();
        if (names.Count == 0) throw new ArgumentException($"No target is called {wanted}.");
        ConcurrentQueue<string> left = new(names);
        var bad = 0;
        await Task.WhenAll(Enumerable.Range(0, Math.Max(1, jobs)).Select(async _ =>
        {
            while (left.TryDequeue(out var name))
            {
                if (!await FuzzAsync(name, minutes, seed)) Interlocked.Increment(ref bad);
            }
        }));
        Console.WriteLine($"{names.Count} targets, {bad} with faults");
        return bad == 0 ? 0 : 1;
    }

    private static async Task<bool> FuzzAsync(string name, double minutes, int seed)
    {
        string[] arguments = ["fuzz-one", $"--target={name}", string.Create(CultureInfo.InvariantCulture, $"--minutes={minutes}"), $"--seed={seed}"];
        using var child = Process.Start(Environment.ProcessPath!, arguments);
        await child.WaitForExitAsync();
        if (child.ExitCode is 0 or 1) return child.ExitCode == 0;
        var last = FuzzChild.ReadLast(name);
        Console.WriteLine($"{name}: ended with code {child.ExitCode} at {Convert.ToHexStringLower(last)}");
        CorpusFile.Save(name, [.. CorpusFile.Load(name), last]);
        return false;
    }
}
