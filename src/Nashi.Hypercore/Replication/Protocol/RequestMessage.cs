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

    public void Write(ref CompactWriter writer) => Write(ref writer, Id, Fork, What.Block, What.Hash, What.Seek, What.Upgrade, What.Manifest, Priority);

    /// <summary>The same without objects, for the many that we send.</summary>
    public static void Write(
        ref CompactWriter writer, ulong id, ulong fork, BlockRequest? block, HashRequest? hash, SeekRequest? seek, UpgradeRequest? upgrade, bool manifest, ulong priority)
    {
        var flags = (block is null ? 0 : BlockFlag) | (hash is null ? 0 : HashFlag) | (seek is null ? 0 : SeekFlag)
            | (upgrade is null ? 0 : UpgradeFlag) | (manifest ? ManifestFlag : 0) | (priority > 0 ? PriorityFlag : 0);
        writer.WriteUInt(flags);
        writer.WriteUInt(id);
        writer.WriteUInt(fork);
        if (block is { } b) WritePair(ref writer, b.Index, b.Nodes);
        if (hash is { } h) WritePair(ref writer, h.Index, h.Nodes);
        if (seek is { } s) WritePair(ref writer, s.Bytes, s.Padding);
        if (upgrade is { } u) WritePair(ref writer, u.Start, u.Length);
        if (priority > 0) writer.WriteUInt(priority);
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
