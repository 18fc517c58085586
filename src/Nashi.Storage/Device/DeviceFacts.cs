using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nashi.Storage.Device;

/// <summary>What the operating system says of a file.</summary>
internal static unsafe class DeviceFacts
{
    private const int EmptyPath = 0x1000;
    private const uint BasicsAndBirth = 0xfff;
    private const string LinuxMark = "user.device-file";
    private const string OtherMark = "device-file";

    /// <summary>The platform as Node.js calls it.</summary>
    public static string Platform { get; } = OperatingSystem.IsLinux() ? "linux"
        : OperatingSystem.IsMacOS() ? "darwin"
        : OperatingSystem.IsWindows() ? "win32"
        : OperatingSystem.IsAndroid() ? "android"
        : OperatingSystem.IsIOS() ? "ios" : "unknown";

    /// <summary>The file's number on its disk, and when it was last modified or born, in Unix milliseconds.</summary>
    public static (double File, double Modified) Read(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux()) return ReadLinux(file);
        return (OperatingSystem.IsWindows() ? FileOnWindows(file) : FileOnMac(file), Milliseconds(File.GetLastWriteTimeUtc(file)));
    }

    /// <summary>Sets the extended attribute that copies lose; false where there are none.</summary>
    public static bool TryMark(SafeFileHandle file, string value)
    {
        if (OperatingSystem.IsWindows()) return false;
        var bytes = System.Text.Encoding.UTF8.GetBytes(value);
        fixed (byte* b = bytes)
        {
            return OperatingSystem.IsLinux()
                ? DeviceNative.fsetxattr(file, LinuxMark, b, (nuint)bytes.Length, 0) == 0
                : DeviceNative.fsetxattr_mac(file, OtherMark, b, (nuint)bytes.Length, 0, 0) == 0;
        }
    }

    /// <summary>Whether the extended attribute is as expected; an empty one is not there at all.</summary>
    public static bool HasMark(SafeFileHandle file, string expected)
    {
        // There it is an alternate stream of the file, which goes where the file goes: it proves nothing.
        if (OperatingSystem.IsWindows()) return true;
        Span<byte> value = stackalloc byte[64];
        nint length;
        fixed (byte* v = value)
        {
            length = OperatingSystem.IsLinux()
                ? DeviceNative.fgetxattr(file, LinuxMark, v, (nuint)value.Length)
                : DeviceNative.fgetxattr_mac(file, OtherMark, v, (nuint)value.Length, 0, 0);
        }

        var found = length <= 0 ? "" : System.Text.Encoding.UTF8.GetString(value[..(int)length]);
        return string.Equals(found, expected, StringComparison.Ordinal);
    }

    private static (double File, double Modified) ReadLinux(SafeFileHandle file)
    {
        var status = default(DeviceNative.StatX);
        if (DeviceNative.statx(file, "", EmptyPath, BasicsAndBirth, &status) != 0) throw new IOException($"statx failed: {Marshal.GetLastPInvokeErrorMessage()}");
        var modified = Math.Max(Milliseconds(status.ModifiedSeconds, status.ModifiedNanoseconds), Milliseconds(status.BornSeconds, status.BornNanoseconds));
        return (status.File, modified);
    }

    private static double FileOnMac(SafeFileHandle file)
    {
        const int StatSize = 256, FileOffset = 8;
        var status = stackalloc byte[StatSize];
        var failed = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? DeviceNative.fstat(file, status) : DeviceNative.fstat_inode64(file, status);
        if (failed != 0) throw new IOException($"fstat failed: {Marshal.GetLastPInvokeErrorMessage()}");
        return *(ulong*)(status + FileOffset);
    }

    private static double FileOnWindows(SafeFileHandle file)
    {
        var status = default(DeviceNative.FileInformation);
        if (DeviceNative.GetFileInformationByHandle(file, &status) == 0) throw new IOException($"The file's number could not be read: {Marshal.GetLastPInvokeErrorMessage()}");
        return ((ulong)status.FileHigh << 32) | status.FileLow;
    }

    private static double Milliseconds(long seconds, uint nanoseconds) => (seconds * 1000.0) + (nanoseconds / 1_000_000);

    private static double Milliseconds(DateTime utc) => (utc - DateTime.UnixEpoch).TotalMilliseconds;
}
