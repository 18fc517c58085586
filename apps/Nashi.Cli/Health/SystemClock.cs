using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Nashi.Cli.Health;

/// <summary>Asks the system about its clock.</summary>
internal static partial class SystemClock
{
    // struct timex of 64-bit Linux: its fields are longs, at multiples of eight.
    private const int TimexSize = 208;
    private const int MaxErrorAt = 24;
    private const int StatusAt = 40;
    private const int Unsynchronized = 0x40;
    private const int TimeError = 5;

    private const int FilesMax = 2000;

    /// <summary>How far off a time service believes the clock to be, at most; null when none keeps it, or the system does not tell.</summary>
    public static TimeSpan? ReadMaxError()
    {
        if (!OperatingSystem.IsLinux() || IntPtr.Size != 8 || !BitConverter.IsLittleEndian) return null;
        // All zero asks without changing anything.
        Span<byte> timex = stackalloc byte[TimexSize];
        timex.Clear();
        int state;
        try
        {
            state = AdjustTime(ref MemoryMarshal.GetReference(timex));
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            return null;
        }

        if (state is < 0 or TimeError || (timex[StatusAt] & Unsynchronized) != 0) return null;
        return TimeSpan.FromMicroseconds(BinaryPrimitives.ReadInt64LittleEndian(timex[MaxErrorAt..]));
    }

    /// <summary>When, by their dates, this program and what it keeps were written last.</summary>
    public static (DateTimeOffset Time, string Name)? FindNewest(string storage)
    {
        var files = new List<string>();
        if (Environment.ProcessPath is { } program) files.Add(program);
        if (Directory.Exists(storage))
        {
            var options = new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, MaxRecursionDepth = 3 };
            files.AddRange(Directory.EnumerateFiles(storage, "*", options).Take(FilesMax));
        }

        // A file that is gone meanwhile counts as very old.
        var dated = files.Select(file => (Time: new DateTimeOffset(File.GetLastWriteTimeUtc(file)), Name: file)).ToArray();
        return dated.Length == 0 ? null : dated.MaxBy(file => file.Time);
    }

    [LibraryImport("libc", EntryPoint = "adjtimex")]
    private static partial int AdjustTime(ref byte timex);
}
