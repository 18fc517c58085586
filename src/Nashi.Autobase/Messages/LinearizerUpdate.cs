using Nashi.Encoding;

namespace Nashi.Autobase.Messages;

/// <summary>A node that is applied and not yet indexed, and the system length it led to: what undoing it goes back over.</summary>
internal readonly record struct LinearizerUpdate(WriterHead Node, ulong Batch, ulong SystemLength, bool Indexers) : IMessage<LinearizerUpdate>
{
    /// <summary>The first number of the keys that these are stored under.</summary>
    public const ulong KeyPrefix = 1;

    /// <summary>The key that the update of a sequence number is stored under.</summary>
    public static byte[] Key(ulong sequence)
    {
        Span<byte> key = stackalloc byte[2 * IndexEncoder.MaxUIntSize];
        var size = IndexEncoder.WriteUInt(key, KeyPrefix);
        size += IndexEncoder.WriteUInt(key[size..], sequence);
        return key[..size].ToArray();
    }

    public static bool TryReadKey(ReadOnlySpan<byte> key, out ulong sequence)
    {
        sequence = 0;
        return IndexEncoder.TryReadUInt(ref key, out var prefix) && prefix == KeyPrefix && IndexEncoder.TryReadUInt(ref key, out sequence);
    }

    public static bool TryRead(ref CompactReader reader, out LinearizerUpdate message)
    {
        message = default;
        if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length) || !reader.TryReadUInt(out var batch)) return false;
        if (!reader.TryReadUInt(out var systemLength) || !reader.TryReadUInt(out var flags)) return false;
        message = new(new(new CoreKey(key), length), batch, systemLength, (flags & 1) != 0);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteFixed32(Node.Key.Value);
        writer.WriteUInt(Node.Length);
        writer.WriteUInt(Batch);
        writer.WriteUInt(SystemLength);
        writer.WriteUInt(Indexers ? 1u : 0u);
    }
}
