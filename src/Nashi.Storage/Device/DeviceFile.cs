using Microsoft.Win32.SafeHandles;

namespace Nashi.Storage.Device;

/// <summary>The open and locked <c>CORESTORE</c> of a store: one process at a time, and never a copy beside its original.</summary>
/// <remarks>
/// Written under another name, synced, then given its own, so that a power cut leaves either none or a whole one; afterwards it is only read. Its
/// modification time is part of what is checked.
/// </remarks>
internal sealed class DeviceFile : IDisposable
{
    private const string Name = "CORESTORE";
    private const int MaxSize = 4096;
    private const double SlackMilliseconds = 5000;

    private readonly SafeFileHandle _handle;

    private DeviceFile(SafeFileHandle handle) => _handle = handle;

    public static DeviceFile Open(string folder, StorageOptions options)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            return TryOpen(path, options) ?? Create(folder, path, options, overwrite: options.Adopt);
        }
        catch (UnauthorizedAccessException error)
        {
            throw new StorageException(StorageFailure.ReadOnly, $"The store {folder} cannot be written: {error.Message}", error);
        }
        catch (IOException error)
        {
            throw new StorageException(StorageFailure.InputOutput, $"The store {folder} failed: {error.Message}", error);
        }
    }

    /// <summary>Puts the device file of one folder into another: that is then known for a copy.</summary>
    public static void Copy(string from, string to)
    {
        var bytes = File.ReadAllBytes(Path.Combine(from, Name));
        using var file = new FileStream(Path.Combine(to, Name), FileMode.CreateNew, FileAccess.Write);
        file.Write(bytes);
        file.Flush(flushToDisk: true);
    }

    public void Dispose() => _handle.Dispose();

    private static DeviceFile? TryOpen(string path, StorageOptions options)
    {
        if (!File.Exists(path)) return null;
        var handle = OpenHandle(path, FileMode.Open);
        try
        {
            Lock(handle, path);
            if (!options.AllowCopy && !options.Adopt) Verify(handle, path, options);
            if (!options.Adopt) return new DeviceFile(handle);
            handle.Dispose();
            return null;
        }
        catch
        {
            handle.Dispose();
            throw;
        }
    }

    private static DeviceFile Create(string folder, string path, StorageOptions options, bool overwrite)
    {
        if (options.Id is { } id && id.AsSpan().ContainsAny('\n', '\r', '=')) throw new ArgumentException("A store's id is one line without an equals sign.", nameof(options));
        Directory.CreateDirectory(folder);
        var unfinished = Path.Combine(folder, $".{Name}-{Guid.NewGuid():N}");
        var handle = OpenHandle(unfinished, FileMode.CreateNew);
        try
        {
            Lock(handle, path);
            Write(handle, options);
            File.Move(unfinished, path, overwrite);
            FolderSync.Run(folder);
            if (Path.GetDirectoryName(folder) is { } parent) FolderSync.Run(parent);
            return new DeviceFile(handle);
        }
        catch (Exception error)
        {
            handle.Dispose();
            File.Delete(unfinished);
            // Another process was faster.
            if (error is IOException && File.Exists(path)) throw InUse(path);
            throw;
        }
    }

    private static void Write(SafeFileHandle handle, StorageOptions options)
    {
        var marked = DeviceFacts.TryMark(handle, DeviceRecord.Original);
        var record = new DeviceRecord
        {
            Id = options.Id,
            Platform = DeviceFacts.Platform,
            File = DeviceFacts.Read(handle).File,
            Created = options.Clock.GetUtcNow().ToUnixTimeMilliseconds(),
            Attribute = marked ? DeviceRecord.Original : "",
        };
        RandomAccess.Write(handle, System.Text.Encoding.UTF8.GetBytes(record.Print(OperatingSystem.IsWindows() ? "\r\n" : "\n")), 0);
        RandomAccess.FlushToDisk(handle);
    }

    private static void Verify(SafeFileHandle handle, string path, StorageOptions options)
    {
        var record = DeviceRecord.Parse(Read(handle));
        var facts = DeviceFacts.Read(handle);
        if (record.Platform.Length > 0 && !string.Equals(record.Platform, DeviceFacts.Platform, StringComparison.Ordinal)) throw Refuse(path, $"was made on {record.Platform}");
        if (!DeviceFacts.HasMark(handle, record.Attribute)) throw Refuse(path, "was moved or copied");
        if (record.File != facts.File) throw Refuse(path, "was copied or restored");
        if (record.Created != 0 && !(Math.Abs(facts.Modified - record.Created) < SlackMilliseconds)) throw Refuse(path, "has a device file that was modified");
        if (options.Id is not null && record.Id is not null && !string.Equals(options.Id, record.Id, StringComparison.Ordinal)) throw Refuse(path, $"belongs to '{record.Id}', not '{options.Id}'");
    }

    private static string Read(SafeFileHandle handle)
    {
        var bytes = new byte[MaxSize];
        var length = 0;
        while (length < bytes.Length)
        {
            var read = RandomAccess.Read(handle, bytes.AsSpan(length), length);
            if (read == 0) break;
            length += read;
        }

        return System.Text.Encoding.UTF8.GetString(bytes, 0, length);
    }

    // Sharing everything: the lock below is the one that counts, and the one that the reference knows.
    private static SafeFileHandle OpenHandle(string path, FileMode mode) =>
        File.OpenHandle(path, mode, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);

    private static void Lock(SafeFileHandle handle, string path)
    {
        if (!DeviceLock.TryTake(handle)) throw InUse(path);
    }

    private static StorageException InUse(string path) =>
        new(StorageFailure.InUse, $"The store {Path.GetDirectoryName(path)} is open in another process. Close that one first, or open this one read-only.");

    private static StorageException Refuse(string path, string why) => new(
        StorageFailure.DeviceFile,
        $"The store {Path.GetDirectoryName(path)} {why}. Two copies of a store that both write ruin its cores, so it is not opened. If the original is gone for good, open it with AllowCopy.");
}
