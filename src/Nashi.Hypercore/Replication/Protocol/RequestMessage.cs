using Nashi.Encoding;
using Nashi.Hypercore.Merkle;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Asks for a proof.</summary>
/// <param name="Id">Names the answer. 0 is a probe for a conflict.</param>
/// <param name="Fork">The fork asked about.</param>
/// <param name="What">What to prove.</param>
/// <param name="Priority">Above 0 it goes ahead of others.</param>
internal readonly record struct RequestMessage(ulong Id, ulong Fork, ProofRequest What, ulong Priority)
{
    private const ulong BlockFlag = 1, HashFlag = 2, SeekFlag = 4, UpgradeFlag = 8, ManifestFlag = 16, PriorityFlag = 32;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RequestMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!(reader.TryReadUInt(out var flags) && reader.TryReadUInt(out var id) && reader.TryReadUInt(out var fork))) return false;
        var (block, hash, seek, upgrade) = ((BlockRequest?)null, (HashRequest?)null, (SeekRequest?)null, (UpgradeRequest?)null);
        if ((flags & BlockFlag) != 0)
        {
            if (!TryReadPair(ref reader, out var index, out var nodes)) return false;
            block = new(index, nodes);
        }

        if ((flags & HashFlag) != 0)
        {
            if (!TryReadPair(ref reader, out var index, out var nodes)) return false;
            hash = new(index, nodes);
        }

        if ((flags & SeekFlag) != 0)
        {
            if (!TryReadPair(ref reader, out var offset, out var padding)) return false;
            seek = new(offset, padding);
        }

        if ((flags & UpgradeFlag) != 0)
        {
            if (!TryReadPair(ref reader, out var start, out var length)) return false;
            upgrade = new(start, length);
        }

        var priority = 0UL;
        if ((flags & PriorityFlag) != 0 && !reader.TryReadUInt(out priority)) return false;
        var what = new ProofRequest { Block = block, Hash = hash, Seek = seek, Upgrade = upgrade, Manifest = (flags & ManifestFlag) != 0 };
        message = new(id, fork, what, priority);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        var flags = (What.Block is null ? 0 : BlockFlag) | (What.Hash is null ? 0 : HashFlag) | (What.Seek is null ? 0 : SeekFlag)
            | (What.Upgrade is null ? 0 : UpgradeFlag) | (What.Manifest ? ManifestFlag : 0) | (Priority > 0 ? PriorityFlag : 0);
        writer.WriteUInt(flags);
        writer.WriteUInt(Id);
        writer.WriteUInt(Fork);
        if (What.Block is { } block) WritePair(ref writer, block.Index, block.Nodes);
        if (What.Hash is { } hash) WritePair(ref writer, hash.Index, hash.Nodes);
        if (What.Seek is { } seek) WritePair(ref writer, seek.Bytes, seek.Padding);
        if (What.Upgrade is { } upgrade) WritePair(ref writer, upgrade.Start, upgrade.Length);
        if (Priority > 0) writer.WriteUInt(Priority);
    }

    private static bool TryReadPair(ref CompactReader reader, out ulong first, out ulong second)
    {
        second = 0;
        return reader.TryReadUInt(out first) && reader.TryReadUInt(out second);
    }

    private static void WritePair(ref CompactWriter writer, ulong first, ulong second)
    {
        writer.WriteUInt(first);
        writer.WriteUInt(second);
    }
}
