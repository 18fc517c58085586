using System.IO.MemoryMappedFiles;
using Nashi.TestKit;

namespace Nashi.Fuzz.Guided;

/// <summary>Fuzzes one target in this process. What it tries lies in a mapped file, so that an input that kills or hangs the process is known.</summary>
internal static class FuzzChild
{
    private const int FileBytes = 16 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static int Run(Flags flags)
    {
        // Before anything that is instrumented is touched: its branches write there.
        var map = new CoverageMap();
        return RunTarget(flags, map);
    }

    /// <summary>Where a target's last input lies.</summary>
    public static string LastInputOf(string target) => Repository.PathOf("artifacts", "fuzz", CorpusFile.Slug(target) + ".last");

    /// <summary>Reads what was tried last.</summary>
    public static byte[] ReadLast(string target)
    {
        var bytes = File.ReadAllBytes(LastInputOf(target));
        return bytes[4..(4 + BitConverter.ToInt32(bytes))];
    }

    private static int RunTarget(Flags flags, CoverageMap map)
    {
        var name = flags.Text("target") ?? throw new ArgumentException("Say which: --target=name");
        var target = Targets.All.Single(target => target.Name == name);
        var time = TimeSpan.FromMinutes(flags.Number("minutes", 10));
        var seed = (ulong)flags.Count("seed", 1);
        flags.End();
        using var file = MemoryMappedFile.CreateFromFile(LastInputOf(name), FileMode.Create, null, FileBytes);
        using var view = file.CreateViewAccessor();
        var tried = 0L;
        var fuzzer = new GuidedFuzzer(target, map, input =>
        {
            Volatile.Write(ref tried, tried + 1);
            view.Write(0, input.Length);
            view.WriteArray(4, input, 0, input.Length);
        });
        using var watch = Watch(name, () => Volatile.Read(ref tried));
        fuzzer.Run([.. CorpusFile.Load(name), .. Corpus.Load(target)], time, seed);
        var kept = fuzzer.Minimise(CorpusFile.MaxBytes);
        CorpusFile.Save(name, [.. kept, .. fuzzer.Faults.Values]);
        Console.WriteLine($"{name}: {fuzzer.Tried} inputs, {fuzzer.Accepted} accepted, {map.Branches} branches, {kept.Count} kept, {fuzzer.Faults.Count} faults");
        foreach (var (kind, input) in fuzzer.Faults) Console.WriteLine($"  {kind}\n  {Convert.ToHexStringLower(input)}");
        return fuzzer.Faults.Count == 0 ? 0 : 1;
    }

    private static Timer Watch(string name, Func<long> tried)
    {
        var before = -1L;
        return new Timer(
            _ =>
            {
                var now = tried();
                if (now == before) Environment.FailFast($"{name} hangs");
                before = now;
            },
            null, Patience, Patience);
    }
}
