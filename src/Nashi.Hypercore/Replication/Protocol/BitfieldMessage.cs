using System.Buffers.Binary;
using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Which blocks of a window a side holds: the whole truth about it.</summary>
internal readonly ref struct BitfieldMessage
{
    /// <summary>The most words: one wanted window, 2 097 152 blocks.</summary>
    public const int MaxWords = 65536;

    private BitfieldMessage(ulong start, ReadOnlySpan<byte> raw)
    {
        Start = start;
        Raw = raw;
    }

    /// <summary>First block.</summary>
    public ulong Start { get; }

    /// <summary>How many words of 32 blocks.</summary>
    public int Count => Raw.Length / sizeof(uint);

    private ReadOnlySpan<byte> Raw { get; }

    /// <summary>A word, the lowest bit first.</summary>
    public uint this[int word] => BinaryPrimitives.ReadUInt32LittleEndian(Raw[(word * sizeof(uint))..]);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out BitfieldMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!(reader.TryReadUInt(out var start) && reader.TryReadUInt(out var count)) || count > MaxWords) return false;
        if (!reader.TryReadFixed((int)count * sizeof(uint), out var raw)) return false;
        message = new(start, raw);
        return true;
    }

    public static void Write(ref CompactWriter writer, ulong start, ReadOnlySpan<uint> words)
    {
        writer.WriteUInt(start);
        writer.WriteUInt((ulong)words.Length);
        foreach (var word in words) writer.WriteUInt32(word);
    }
}
