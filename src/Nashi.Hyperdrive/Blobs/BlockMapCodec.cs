using Nashi.Encoding;

namespace Nashi.Hyperdrive.Blobs;

/// <summary>The bytes of block maps: version 0, then a list of (block, size), at most 8192 per block of the map.</summary>
internal static class BlockMapCodec
{
    public const int MaxEntries = 8192;
    public const int MaxMapBlocks = 64;

    public static List<ReadOnlyMemory<byte>> Encode(List<BlobBlock> map)
    {
        var blocks = new List<ReadOnlyMemory<byte>>();
        for (var i = 0; i < map.Count; i += MaxEntries) blocks.Add(Encode(map, i, Math.Min(MaxEntries, map.Count - i)));
        return blocks;
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, List<BlobBlock> map)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var version) || version != 0) return false;
        if (!reader.TryReadArrayLength(2, out var count)) return false;
        for (var i = 0; i < count; i++)
        {
            // No block is larger: sums over a whole map can then never overflow.
            if (!reader.TryReadUInt(out var index) || !reader.TryReadUInt(out var size) || size > int.MaxValue) return false;
            map.Add(new BlobBlock(index, size));
        }

        return true;
    }

    private static byte[] Encode(List<BlobBlock> map, int start, int count)
    {
        var size = CompactSize.UInt(0) + CompactSize.UInt((ulong)count);
        for (var i = start; i < start + count; i++) size += CompactSize.UInt(map[i].Index) + CompactSize.UInt(map[i].ByteLength);
        var bytes = new byte[size];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(0);
        writer.WriteUInt((ulong)count);
        for (var i = start; i < start + count; i++)
        {
            writer.WriteUInt(map[i].Index);
            writer.WriteUInt(map[i].ByteLength);
        }

        return bytes;
    }
}
