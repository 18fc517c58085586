using Nashi.Encoding;

namespace Nashi.Storage.Records;

/// <summary>A tree node as stored: index, size, hash.</summary>
internal readonly record struct NodeRecord(ulong Index, ulong NodeSize, Bytes32 Hash) : IStoredRecord<NodeRecord>
{
    public int Size => CompactSize.UInt(Index) + CompactSize.UInt(NodeSize) + Bytes32.Size;

    public static bool TryRead(ref CompactReader reader, out NodeRecord value)
    {
        value = default;
        if (!reader.TryReadUInt(out var index) || !reader.TryReadUInt(out var size) || !reader.TryReadFixed32(out var hash)) return false;
        value = new NodeRecord(index, size, hash);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Index);
        writer.WriteUInt(NodeSize);
        writer.WriteFixed32(Hash);
    }
}
