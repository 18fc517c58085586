using System.Diagnostics;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.SecretStream;
using Nashi.Storage.Kv;

namespace Nashi.Compare;

/// <summary>One core from a seeding process to a downloading one, over a secret stream on UDX.</summary>
internal static class ReplicateProgram
{
    public static async Task<int> RunAsync(Options options)
    {
        var store = await Corestore.OpenAsync(options.Text("dir"));
        var coreOptions = new CoreOptions { Durability = Durability.Buffered };
        var core = options.IsServer
            ? await store.GetAsync("bench", coreOptions)
            : await store.GetAsync(new CoreKey(Convert.FromHexString(options.Text("key"))), coreOptions);
        var (count, size) = (options.Number("n"), options.Number("size"));
        if (options.IsServer) await FillAsync(core, count, size);
        var raw = RawUdx.Connect(options);
        if (options.IsServer) Say.Ready(Convert.ToHexStringLower(core.Key.ToArray()));
        var stream = await SecretStream.SecretStream.OpenAsync(raw, !options.IsServer, new SecretStreamOptions { HandshakeTimeout = TimeSpan.FromMinutes(1) });
        _ = store.Replicate(stream);
        if (options.IsServer)
        {
            _ = await stream.Closed;
            return 0;
        }

        await DownloadAsync(core, count, size);
        return 0;
    }

    private static async Task FillAsync(Core core, long count, long size)
    {
        var block = new byte[size];
        block.AsSpan().Fill(7);
        await CoreProgram.AppendAsync(core, block, count, (int)Math.Max(1, Math.Min(1000, 4_000_000 / size)));
    }

    private static async Task DownloadAsync(Core core, long count, long size)
    {
        var began = Stopwatch.GetTimestamp();
        _ = await core.UpdateAsync(wait: true);
        using var download = core.Download(0, (ulong)count);
        _ = await download.Completed;
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        Say.Figures(("blocks_s", count / seconds), ("mb_s", count * size / 1e6 / seconds));
    }
}
