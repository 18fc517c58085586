using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>What saves work at the next start, and may be stale. Spec: data.md §4.4.</summary>
/// <param name="ContiguousLength">All blocks below this one are stored.</param>
/// <param name="RemoteContiguousLength">Some peer said it has all blocks below this one.</param>
/// <param name="Recovering">Since when the store is being recovered, in Unix milliseconds; zero when it is not.</param>
public readonly record struct CoreHints(ulong ContiguousLength, ulong RemoteContiguousLength = 0, ulong Recovering = 0) : IStoredRecord<CoreHints>
{
    private const ulong HasContiguous = 1;
    private const ulong HasRemote = 2;
    private const ulong HasRecovering = 4;

    int IStoredRecord<CoreHints>.Size => 1 + SizeOf(ContiguousLength) + SizeOf(RemoteContiguousLength) + SizeOf(Recovering);

    static bool IStoredRecord<CoreHints>.TryRead(ref CompactReader reader, out CoreHints value)
    {
        value = default;
        if (!reader.TryReadUInt(out var flags)) return false;
        ulong contiguous = 0, remote = 0, recovering = 0;
        if ((flags & HasContiguous) != 0 && !reader.TryReadUInt(out contiguous)) return false;
        if ((flags & HasRemote) != 0 && !reader.TryReadUInt(out remote)) return false;
        if ((flags & HasRecovering) != 0 && !reader.TryReadUInt(out recovering)) return false;
        value = new CoreHints(contiguous, remote, recovering);
        return true;
    }

    void IStoredRecord<CoreHints>.Write(ref CompactWriter writer)
    {
        writer.WriteUInt((ContiguousLength == 0 ? 0 : HasContiguous) | (RemoteContiguousLength == 0 ? 0 : HasRemote) | (Recovering == 0 ? 0 : HasRecovering));
        if (ContiguousLength != 0) writer.WriteUInt(ContiguousLength);
        if (RemoteContiguousLength != 0) writer.WriteUInt(RemoteContiguousLength);
        if (Recovering != 0) writer.WriteUInt(Recovering);
    }

    private static int SizeOf(ulong value) => value == 0 ? 0 : CompactSize.UInt(value);
}
