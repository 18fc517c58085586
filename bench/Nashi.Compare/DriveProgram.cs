using System.Diagnostics;
using Nashi.Hypercore;
using Nashi.Hyperdrive;

namespace Nashi.Compare;

/// <summary>A folder into a drive, and the drive out to a folder again.</summary>
internal static class DriveProgram
{
    public static async Task<int> RunAsync(Options options)
    {
        var store = await Corestore.OpenAsync(options.Text("dir"));
        var drive = await Drive.OpenAsync(store);
        if (options.Mode == "export") await CopyAsync(new LocalDrive(options.Text("from")), drive);
        var began = Stopwatch.GetTimestamp();
        if (options.Mode == "import") await CopyAsync(new LocalDrive(options.Text("from")), drive);
        else await CopyAsync(drive, new LocalDrive(options.Text("to")));
        Say.Figures(("files_s", options.Number("files") / Stopwatch.GetElapsedTime(began).TotalSeconds));
        await store.DisposeAsync();
        return 0;
    }

    private static async Task CopyAsync(IDrive from, IDrive to) => _ = await new Mirror(from, to, new MirrorOptions { Batch = true }).CompleteAsync();
}
