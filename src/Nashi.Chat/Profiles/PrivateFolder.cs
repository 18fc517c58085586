using System.Runtime.InteropServices;

namespace Nashi.Chat.Profiles;

/// <summary>Folders and files that only their owner can read, made so from the first moment.</summary>
public static partial class PrivateFolder
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode600 = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder with mode 0700; one that is there already is closed to others.</summary>
    public static void Make(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            // A user's profile is closed to others there.
            _ = Directory.CreateDirectory(folder);
            return;
        }

        _ = Directory.CreateDirectory(folder, FolderMode);
        if (File.GetUnixFileMode(folder) != FolderMode) File.SetUnixFileMode(folder, FolderMode);
    }

    /// <summary>How to make a file with mode 0600.</summary>
    internal static FileStreamOptions FileOptions(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode600;
        return options;
    }

    /// <summary>Makes the names in a folder survive a power cut.</summary>
    internal static void Sync(string folder)
    {
        if (OperatingSystem.IsWindows()) return;
        var file = Open(folder, 0);
        if (file < 0) return;
        var failed = Fsync(file) != 0;
        var why = Marshal.GetLastPInvokeErrorMessage();
        _ = Close(file);
        if (failed) throw new IOException($"The folder {folder} could not be synced: {why}");
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int file);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    private static partial int Close(int file);
}
