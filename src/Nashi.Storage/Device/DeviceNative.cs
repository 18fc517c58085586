using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Nashi.Storage.Device;

/// <summary>The functions of the operating systems that .NET does not offer, one to one.</summary>
internal static unsafe partial class DeviceNative
{
    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fcntl(SafeFileHandle file, int command, LockRange* range);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int statx(SafeFileHandle folder, string path, int flags, uint mask, StatX* status);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fstat(SafeFileHandle file, byte* status);

    [LibraryImport("libc", EntryPoint = "fstat$INODE64", SetLastError = true)]
    internal static partial int fstat_inode64(SafeFileHandle file, byte* status);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fsetxattr(SafeFileHandle file, string name, byte* value, nuint size, int flags);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint fgetxattr(SafeFileHandle file, string name, byte* value, nuint size);

    [LibraryImport("libc", EntryPoint = "fsetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int fsetxattr_mac(SafeFileHandle file, string name, byte* value, nuint size, uint position, int options);

    [LibraryImport("libc", EntryPoint = "fgetxattr", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial nint fgetxattr_mac(SafeFileHandle file, string name, byte* value, nuint size, uint position, int options);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int fsync(int file);

    [LibraryImport("libc", SetLastError = true)]
    internal static partial int close(int file);

    [LibraryImport("kernel32", SetLastError = true)]
    internal static partial int LockFileEx(SafeFileHandle file, uint flags, uint reserved, uint lengthLow, uint lengthHigh, NativeOverlapped* at);

    [LibraryImport("kernel32", SetLastError = true)]
    internal static partial int GetFileInformationByHandle(SafeFileHandle file, FileInformation* information);

    /// <summary><c>struct flock</c> of 64-bit Linux; all zero but the type means the whole file.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct LockRange
    {
        public short Type;
        public short Whence;
        public long Start;
        public long Length;
        public int Process;
    }

    /// <summary>The parts of <c>struct statx</c> that are read; the same on every Linux.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    internal struct StatX
    {
        [FieldOffset(32)]
        public ulong File;

        [FieldOffset(80)]
        public long BornSeconds;

        [FieldOffset(88)]
        public uint BornNanoseconds;

        [FieldOffset(112)]
        public long ModifiedSeconds;

        [FieldOffset(120)]
        public uint ModifiedNanoseconds;
    }

    /// <summary>The parts of <c>BY_HANDLE_FILE_INFORMATION</c> that are read.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 52)]
    internal struct FileInformation
    {
        [FieldOffset(44)]
        public uint FileHigh;

        [FieldOffset(48)]
        public uint FileLow;
    }
}
