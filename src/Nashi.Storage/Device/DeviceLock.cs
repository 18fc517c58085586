using Microsoft.Win32.SafeHandles;

namespace Nashi.Storage.Device;

/// <summary>The exclusive lock of a whole file, of the kind that the reference takes on each platform; released when the file is closed.</summary>
internal static unsafe class DeviceLock
{
    private const int OfdSetLock = 37;
    private const short WriteLock = 1;
    private const int ExclusiveNonBlocking = 2 | 4;
    private const uint ExclusiveFailImmediately = 2 | 1;

    public static bool TryTake(SafeFileHandle file)
    {
        if (OperatingSystem.IsLinux()) return TakeOnLinux(file);
        if (OperatingSystem.IsWindows()) return TakeOnWindows(file);
        return DeviceNative.flock(file, ExclusiveNonBlocking) == 0;
    }

    private static bool TakeOnLinux(SafeFileHandle file)
    {
        // An open file description lock: it belongs to this opening of the file, not to the process.
        var range = new DeviceNative.LockRange { Type = WriteLock };
        return DeviceNative.fcntl(file, OfdSetLock, &range) == 0;
    }

    private static bool TakeOnWindows(SafeFileHandle file)
    {
        var overlapped = default(NativeOverlapped);
        return DeviceNative.LockFileEx(file, ExclusiveFailImmediately, 0, uint.MaxValue, uint.MaxValue, &overlapped) != 0;
    }
}
