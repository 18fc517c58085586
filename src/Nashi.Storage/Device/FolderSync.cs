using System.Runtime.InteropServices;

namespace Nashi.Storage.Device;

/// <summary>Makes the names in a folder survive a power cut.</summary>
internal static class FolderSync
{
    private const int ReadOnly = 0;

    public static void Run(string folder)
    {
        // There the file system does it by itself.
        if (OperatingSystem.IsWindows()) return;
        var file = DeviceNative.open(folder, ReadOnly);
        // A parent folder that may not be read cannot be synced either; its names are then as safe as the system makes them.
        if (file < 0) return;
        var failed = DeviceNative.fsync(file) != 0;
        var why = Marshal.GetLastPInvokeErrorMessage();
        _ = DeviceNative.close(file);
        if (failed) throw new IOException($"The folder {folder} could not be synced: {why}");
    }
}
