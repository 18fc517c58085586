using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Blocks that a side got, or dropped.</summary>
internal readonly record struct RangeMessage(bool Drop, ulong Start, ulong Length)
{
    /// <summary>One past the last block.</summary>
    public ulong End => Start + Length;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out RangeMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!(reader.TryReadUInt(out var flags) && reader.TryReadUInt(out var start))) return false;
        var length = 1UL;
        if ((flags & 2) == 0 && !reader.TryReadUInt(out length)) return false;
        message = new((flags & 1) != 0, start, length);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt((Drop ? 1UL : 0) | (Length == 1 ? 2UL : 0));
        writer.WriteUInt(Start);
        if (Length != 1) writer.WriteUInt(Length);
    }
}
