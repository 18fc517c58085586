using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Hyperdrive;

namespace Nashi.LabPeer.Stores;

/// <summary><c>mirror --dir D --port P --key HEX --to DIR</c>: brings a drive from TCP on 127.0.0.1 into a folder; "refused" for each entry that is not taken.</summary>
internal static class MirrorMode
{
    public static async Task<int> RunAsync(PeerRun run)
    {
        await using var store = await Corestore.OpenAsync(run.Flag("dir"), cancellationToken: run.Ended);
        await using var drive = await Drive.OpenAsync(store, Id32.Parse<CoreKey>(run.Flag("key")), cancellationToken: run.Ended);
        run.Events.Emit("open", ("version", drive.Version));
        await using var replication = await LabStore.ConnectAsync(run, store);
        await drive.UpdateAsync(wait: true, run.Ended);
        var folder = new LocalDrive(run.Flag("to"));
        var refused = new HashSet<string>(StringComparer.Ordinal);

        // A mirror ends at the first path it does not trust. It goes on without that, so that all are told; what is there already is not written again.
        while (await TryMirrorAsync(run, drive, folder, refused) is { } error)
        {
            if (!refused.Add(error.Path)) throw error;
            run.Events.Emit("refused", ("key", error.Path), ("message", error.Message));
        }

        run.Events.Emit("done", ("version", drive.Version), ("refused", refused.Count));
        return 0;
    }

    private static async Task<DrivePathException?> TryMirrorAsync(PeerRun run, Drive drive, LocalDrive folder, HashSet<string> refused)
    {
        try
        {
            var count = await new Mirror(drive, folder, new MirrorOptions { IgnoreWhere = refused.Contains }).CompleteAsync(run.Ended);
            run.Events.Emit("mirrored", ("files", count.Files));
            return null;
        }
        catch (DrivePathException error)
        {
            return error;
        }
    }
}
