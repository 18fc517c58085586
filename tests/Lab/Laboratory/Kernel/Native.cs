using System.Runtime.InteropServices;

namespace Nashi.Laboratory.Kernel;

/// <summary>The few calls of the C library that .NET does not offer.</summary>
internal static unsafe partial class Native
{
    public const int NewNetwork = 0x40000000;
    public const int Readable = 1;
    public const int Again = 11;
    private const string C = "libc";

    [StructLayout(LayoutKind.Sequential)]
    public struct Poll
    {
        public int File;
        public short Wanted;
        public short Got;
    }

    [StructLayout(LayoutKind.Sequential)]
    public struct Span
    {
        public long Seconds;
        public long Nanoseconds;
    }

    [LibraryImport(C, EntryPoint = "unshare", SetLastError = true)]
    public static partial int Unshare(int flags);

    [LibraryImport(C, EntryPoint = "setns", SetLastError = true)]
    public static partial int EnterNamespace(int file, int kind);

    [LibraryImport(C, EntryPoint = "mount", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string? type, nuint flags, nint data);

    [LibraryImport(C, EntryPoint = "umount2", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    [LibraryImport(C, EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags);

    [LibraryImport(C, EntryPoint = "close")]
    public static partial int Close(int file);

    [LibraryImport(C, EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int file, nuint request, byte* argument);

    [LibraryImport(C, EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int file, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int file, byte* buffer, nint size);

    [LibraryImport(C, EntryPoint = "ppoll", SetLastError = true)]
    public static partial int Wait(Poll* files, nuint count, Span* timeout, nint mask);

    [LibraryImport(C, EntryPoint = "eventfd", SetLastError = true)]
    public static partial int Event(uint value, int flags);

    [LibraryImport(C, EntryPoint = "kill", SetLastError = true)]
    public static partial int Signal(int process, int signal);

    [LibraryImport(C, EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport(C, EntryPoint = "prctl")]
    public static partial int ProcessControl(int option, nuint argument, nuint none1, nuint none2, nuint none3);

    public static LabException Failure(string what) => new($"{what}: {Marshal.GetLastPInvokeErrorMessage()}");
}
