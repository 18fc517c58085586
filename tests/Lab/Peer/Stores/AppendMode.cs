namespace Nashi.LabPeer.Stores;

/// <summary><c>append --dir D [--batch N] [--max-block N] [--limit N] [--keep-going 1]</c>: appends until killed; "ack" once it is durable.</summary>
internal static class AppendMode
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run);
        var (core, blocks) = (store.Core, new LabBlocks(run));
        var (batch, limit) = ((ulong)run.Number("batch", 1), (ulong)run.Number("limit", long.MaxValue));
        run.Events.Emit("open", ("length", core.Length), ("fork", core.Fork), ("key", Convert.ToHexStringLower(core.Key.Value.AsSpan())));
        while (core.Length < limit)
        {
            var start = core.Length;
            try
            {
                await core.AppendAsync(blocks.Range(start, batch > 1 ? 1 + (start * 7919 % batch) : 1), run.Ended);
            }
            catch (NashiException error)
            {
                run.Events.Emit("append-error", ("length", core.Length), ("code", error.Code), ("message", error.Message));
                if (run.Number("keep-going", 0) == 0) return 9;
                await Task.Delay(Pause, run.Ended);
                continue;
            }

            run.Events.Emit("ack", ("length", core.Length));
        }

        run.Events.Emit("done", ("length", core.Length));
        return 0;
    }
}
