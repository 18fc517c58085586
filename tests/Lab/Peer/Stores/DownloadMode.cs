using Nashi.Encoding;
using Nashi.Hypercore;

namespace Nashi.LabPeer.Stores;

/// <summary><c>download --dir D --key HEX --port P</c>: downloads the core at that port; "ack" for each block that is here.</summary>
internal static class DownloadMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await LabStore.OpenAsync(run, Id32.Parse<CoreKey>(run.Flag("key")));
        var core = store.Core;
        run.Events.Emit("open", ("length", core.Length), ("contiguous", core.ContiguousLength));
        core.Changed += change =>
        {
            if (change.Kind != CoreChangeKind.Downloaded) return;
            for (ulong i = 0; i < change.Count; i++) run.Events.Emit("ack", ("index", change.Start + i));
        };
        await using var replication = await LabStore.ConnectAsync(run, store.Store);
        await core.UpdateAsync(wait: true, run.Ended);
        using var download = core.Download(0, core.Length);
        await download.Completed.WaitAsync(run.Ended);
        run.Events.Emit("done", ("length", core.Length));
        return 0;
    }
}
