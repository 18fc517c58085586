using System.Diagnostics;
using Nashi.Autobase;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.SecretStream;
using AutobaseOptions = Nashi.Autobase.AutobaseOptions;

namespace Nashi.Compare;

/// <summary>Appends to a base on disk, or lets a reader of it catch up in the same process.</summary>
internal static class BaseProgram
{
    public static async Task<int> RunAsync(Options options)
    {
        var folder = options.Text("dir");
        var (store, writer, _) = await OpenAsync(Path.Combine(folder, "writer"), null);
        var began = Stopwatch.GetTimestamp();
        await AppendAsync(writer, options);
        if (options.Mode is "catchup" or "forward")
        {
            var (readers, reader, view) = await OpenAsync(Path.Combine(folder, "reader"), writer.Key, options.Mode == "forward");
            began = Stopwatch.GetTimestamp();
            await CatchUpAsync(store, readers, reader, view, (ulong)options.Number("n"));
            var taken = Stopwatch.GetElapsedTime(began).TotalSeconds;
            Say.Figures(("values_s", options.Number("n") / taken), ("seconds", taken));
            return 0;
        }

        Say.Figures(("values_s", options.Number("n") / Stopwatch.GetElapsedTime(began).TotalSeconds));
        await writer.DisposeAsync();
        await store.DisposeAsync();
        return 0;
    }

    private static async Task<(Corestore Store, Autobase.Autobase Base, LogHandler Handler)> OpenAsync(string folder, CoreKey? key, bool fastForward = false)
    {
        var store = await Corestore.OpenAsync(folder);
        var handler = new LogHandler();
        return (store, await Autobase.Autobase.OpenAsync(store, key, handler, new AutobaseOptions { AckInterval = TimeSpan.Zero, FastForward = fastForward }), handler);
    }

    private static async Task AppendAsync(Autobase.Autobase writer, Options options)
    {
        var value = new byte[options.Number("size")];
        value.AsSpan().Fill(7);
        var batch = (int)options.Number("batch", 1);
        var values = Enumerable.Repeat((ReadOnlyMemory<byte>)value, batch).ToArray();
        for (long i = 0; i < options.Number("n"); i += batch) await writer.AppendAsync(values);
    }

    private static async Task CatchUpAsync(Corestore from, Corestore to, Autobase.Autobase reader, LogHandler handler, ulong count)
    {
        using var changed = new SemaphoreSlim(0);
        reader.Updated += () => changed.Release();
        var pair = MessageStreamPair.CreateInMemory();
        var left = from.Replicate(pair.Initiator);
        var right = to.Replicate(pair.Responder);
        while (handler.Log.Length < count) await changed.WaitAsync();
        GC.KeepAlive(left);
        GC.KeepAlive(right);
    }

    private sealed class LogHandler : IAutobaseHandler
    {
        public AutobaseView Log { get; private set; } = null!;

        public bool AcceptsOptimistic => false;

        public void Open(AutobaseViews views) => Log = views.Get("log");

        public async ValueTask ApplyAsync(IReadOnlyList<AppliedValue> values, IApplyHost host, CancellationToken cancellationToken)
        {
            foreach (var value in values) await Log.AppendAsync(value.Value, cancellationToken);
        }
    }
}
