using System.Diagnostics;
using Nashi.Hypercore;
using Nashi.Storage.Kv;

namespace Nashi.Compare;

/// <summary>Appends to and reads from one core on disk, as durable as the reference.</summary>
internal static class CoreProgram
{
    public static async Task<int> RunAsync(Options options)
    {
        var store = await Corestore.OpenAsync(options.Text("dir"));
        var core = await store.GetAsync("bench", new CoreOptions { Durability = Durability.Buffered });
        var block = new byte[options.Number("size")];
        block.AsSpan().Fill(7);
        var count = options.Number("n");
        if (options.Mode == "get") await AppendAsync(core, block, count, 1000);
        var began = Stopwatch.GetTimestamp();
        if (options.Mode == "get") await GetAsync(core, count);
        else await AppendAsync(core, block, count, (int)options.Number("batch", 1));
        var took = Stopwatch.GetElapsedTime(began);
        Say.Figures(("blocks_s", count / took.TotalSeconds));
        await store.DisposeAsync();
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

    private static async Task GetAsync(Core core, long count)
    {
        for (long i = 0; i < count; i++) _ = await core.GetAsync((ulong)i);
    }
}
