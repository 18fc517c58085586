using Nashi.Encoding;
using Nashi.Storage.Records;

namespace Nashi.Storage;

/// <summary>The blocks below a length lie under another data pointer.</summary>
/// <param name="DataPointer">Where they lie.</param>
/// <param name="Length">How many of them there are.</param>
public readonly record struct CoreDependency(ulong DataPointer, ulong Length) : IStoredRecord<CoreDependency>
{
    int IStoredRecord<CoreDependency>.Size => CompactSize.UInt(DataPointer) + CompactSize.UInt(Length);

    static bool IStoredRecord<CoreDependency>.TryRead(ref CompactReader reader, out CoreDependency value)
    {
        value = default;
        if (!reader.TryReadUInt(out var pointer) || !reader.TryReadUInt(out var length)) return false;
        value = new CoreDependency(pointer, length);
        return true;
    }

    void IStoredRecord<CoreDependency>.Write(ref CompactWriter writer)
    {
        writer.WriteUInt(DataPointer);
        writer.WriteUInt(Length);
    }
}
