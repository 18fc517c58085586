using System.Diagnostics;
using System.Globalization;
using Nashi.Hyperbee;
using Nashi.Hypercore;
using Nashi.Storage.Kv;

namespace Nashi.Compare;

/// <summary>Writes to and reads from one tree on disk.</summary>
internal static class BeeProgram
{
    private static readonly byte[] Value = [.. Enumerable.Repeat((byte)'v', 64)];

    public static async Task<int> RunAsync(Options options)
    {
        var store = await Corestore.OpenAsync(options.Text("dir"));
        var core = await store.GetAsync("bench", new CoreOptions { Durability = Durability.Buffered });
        var bee = new Hyperbee.Hyperbee(core);
        var count = options.Number(options.Mode == "get" ? "gets" : "n");
        var began = Stopwatch.GetTimestamp();
        await (options.Mode switch
        {
            "put" => PutAsync(bee, options.Number("n")),
            "batch" => BatchAsync(bee, options.Number("n")),
            "get" => GetAsync(bee, options.Number("n"), count),
            _ => IterateAsync(bee, options.Number("n")),
        });
        var took = Stopwatch.GetElapsedTime(began);
        await store.DisposeAsync();
        Say.Figures(("entries_s", count / took.TotalSeconds));
        return 0;
    }

    // Scattered, and each once.
    private static string Key(long i, long n) => "user/" + (i * 7919 % n).ToString("D10", CultureInfo.InvariantCulture);

    private static ReadOnlyMemory<byte> KeyBytes(long i, long n) => System.Text.Encoding.UTF8.GetBytes(Key(i, n));

    private static async Task PutAsync(Hyperbee.Hyperbee bee, long n)
    {
        for (var i = 0L; i < n; i++) _ = await bee.PutAsync(KeyBytes(i, n), Value);
    }

    private static async Task BatchAsync(Hyperbee.Hyperbee bee, long n)
    {
        for (var i = 0L; i < n; i += 1000)
        {
            await using var batch = bee.Batch();
            for (var j = i; j < i + 1000; j++) _ = await batch.PutAsync(KeyBytes(j, n), Value);
            await batch.FlushAsync();
        }
    }

    private static async Task GetAsync(Hyperbee.Hyperbee bee, long n, long gets)
    {
        for (var i = 0L; i < gets; i++) _ = await bee.GetAsync(KeyBytes(i * 13, n)) ?? throw new InvalidOperationException("missing");
    }

    private static async Task IterateAsync(Hyperbee.Hyperbee bee, long n)
    {
        var count = 0L;
        await foreach (var _ in bee.RangeAsync()) count++;
        if (count != n) throw new InvalidOperationException("missing");
    }
}
