using System.Diagnostics;
using Nashi.Hypercore;
using Nashi.Storage.Kv;

namespace Nashi.Compare;

/// <summary>Appends to, reads from and opens one core on disk, as durable as the reference unless told to sync.</summary>
internal static class CoreProgram
{
    public static async Task<int> RunAsync(Options options)
    {
        if (options.Mode == "open") return await OpenAsync(options, (ulong)options.Number("n") / 2);
        var store = await Corestore.OpenAsync(options.Text("dir"));
        var core = await store.GetAsync("bench", new CoreOptions { Durability = options.Number("sync") == 1 ? Durability.Synced : Durability.Buffered });
        var block = new byte[options.Number("size")];
        block.AsSpan().Fill(7);
        var (count, parallel) = (options.Number("n"), (int)options.Number("parallel", 1));
        if (options.Mode == "get") await AppendAsync(core, block, count, 1000);
        var began = Stopwatch.GetTimestamp();
        if (options.Mode == "get") await Task.WhenAll(Enumerable.Range(0, parallel).Select(i => Task.Run(() => GetAsync(core, i, count, parallel))));
        else if (parallel > 1) await Task.WhenAll(Enumerable.Range(0, parallel).Select(i => AppendShareAsync(core, block, count / parallel)));
        else await AppendAsync(core, block, count, (int)options.Number("batch", 1));
        var took = Stopwatch.GetElapsedTime(began);
        // Said when all is closed: another process may open it then.
        await store.DisposeAsync();
        Say.Figures(("blocks_s", count / took.TotalSeconds), ("mb_s", count * block.Length / took.TotalSeconds / 1e6));
        return 0;
    }

    public static async Task AppendAsync(Core core, byte[] block, long count, int batch)
    {
        for (long i = 0; i < count; i += batch)
        {
            if (batch == 1) _ = await core.AppendAsync(block);
            else _ = await core.AppendAsync(Enumerable.Repeat((ReadOnlyMemory<byte>)block, (int)Math.Min(batch, count - i)).ToArray());
        }
    }

    private static async Task AppendShareAsync(Core core, byte[] block, long count)
    {
        for (long i = 0; i < count; i++) _ = await core.AppendAsync(block);
    }

    private static async Task GetAsync(Core core, long first, long count, int step)
    {
        for (var i = first; i < count; i += step) _ = await core.GetAsync((ulong)i);
    }

    // Again and again in one process: the last of them.
    private static async Task<int> OpenAsync(Options options, ulong index)
    {
        var took = TimeSpan.Zero;
        for (var i = options.Number("times", 1); i > 0; i--)
        {
            var began = Stopwatch.GetTimestamp();
            var store = await Corestore.OpenAsync(options.Text("dir"));
            var opened = Stopwatch.GetElapsedTime(began);
            var core = await store.GetAsync("bench");
            var got = Stopwatch.GetElapsedTime(began);
            _ = await core.GetAsync(index);
            took = Stopwatch.GetElapsedTime(began);
            if (options.Number("parts") == 1) Console.Error.WriteLine($"store {opened.TotalMilliseconds:f1} core {got.TotalMilliseconds:f1} block {took.TotalMilliseconds:f1} ms");
            await store.DisposeAsync();
        }

        Say.Figures(("open_ms", took.TotalMilliseconds), ("opens_s", 1 / took.TotalSeconds));
        return 0;
    }
}
