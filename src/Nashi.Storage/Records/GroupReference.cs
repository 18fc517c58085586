using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>The group a core belongs to. A pointer of zero is not written: it is known by the topic being there.</summary>
internal readonly record struct GroupReference(Topic? Topic, ulong Pointer) : IStoredRecord<GroupReference>
{
    private const ulong HasTopic = 1;
    private const ulong HasPointer = 2;

    public int Size => 1 + (Topic is null ? 0 : Bytes32.Size) + (Pointer == 0 ? 0 : CompactSize.UInt(Pointer));

    public static bool TryRead(ref CompactReader reader, out GroupReference value)
    {
        value = default;
        if (!reader.TryReadUInt(out var flags)) return false;
        Bytes32 topic = default;
        ulong pointer = 0;
        if ((flags & HasTopic) != 0 && !reader.TryReadFixed32(out topic)) return false;
        if ((flags & HasPointer) != 0 && !reader.TryReadUInt(out pointer)) return false;
        value = new GroupReference((flags & HasTopic) != 0 ? new Topic(topic) : null, pointer);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((Topic is null ? 0 : HasTopic) | (Pointer == 0 ? 0 : HasPointer));
        if (Topic is { } topic) writer.WriteFixed32(topic.Value);
        if (Pointer != 0) writer.WriteUInt(Pointer);
    }
}
