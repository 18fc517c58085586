namespace Nashi.SecretStream.Protocol;

/// <summary>How much unfinished frames may take in all streams of this process together: one remote may send a long frame, a thousand may not at once.</summary>
/// <remarks>Thread-safe. The first <see cref="FreeBytes"/> of a stream do not count. Source: threats.md §3 row 14.</remarks>
internal static class FrameMemory
{
    /// <summary>What each stream may hold uncounted.</summary>
    public const int FreeBytes = 256 * 1024;

    private const long Least = 64L * 1024 * 1024;
    private const long Most = 1024L * 1024 * 1024;

    private static long _held;

    /// <summary>What all may hold together: a sixteenth of the memory, at least 64 MiB and at most 1 GiB.</summary>
    public static long MaxBytes { get; } = Math.Clamp(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 16, Least, Most);

    /// <summary>A stream now holds so many bytes.</summary>
    /// <param name="counted">What is counted for it; one owner.</param>
    /// <param name="length">What it holds.</param>
    /// <returns>False when all together hold too much: nothing is counted then.</returns>
    public static bool TryHold(ref int counted, int length)
    {
        var wanted = Math.Max(0, length - FreeBytes);
        if (wanted == counted) return true;
        var held = Interlocked.Add(ref _held, wanted - counted);
        if (wanted > counted && held > MaxBytes)
        {
            Interlocked.Add(ref _held, counted - wanted);
            return false;
        }

        counted = wanted;
        return true;
    }
}
