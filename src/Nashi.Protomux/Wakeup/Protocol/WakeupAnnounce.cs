using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup.Protocol;

/// <summary>Tells which writers there are.</summary>
internal static class WakeupAnnounce
{
    public const int Type = 1;

    /// <summary>The most writers that fit a message, whatever their lengths are.</summary>
    public const int MaxWriters = 256 * 1024;

    private const int MinWriterSize = Bytes32.Size + 1;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out WakeupWriter[] writers)
    {
        writers = [];
        var reader = new CompactReader(bytes);
        if (!reader.TryReadArrayLength(MinWriterSize, out var count) || count > MaxWriters) return false;
        var all = new WakeupWriter[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryReadFixed32(out var key) || !reader.TryReadUInt(out var length)) return false;
            all[i] = new(new CoreKey(key), length);
        }

        writers = all;
        return true;
    }

    public static byte[] Encode(ReadOnlySpan<WakeupWriter> writers)
    {
        var size = CompactSize.UInt((ulong)writers.Length);
        foreach (var writer in writers) size += Bytes32.Size + CompactSize.UInt(writer.Length);
        var bytes = new byte[size];
        var output = new CompactWriter(bytes);
        output.WriteUInt((ulong)writers.Length);
        foreach (var writer in writers)
        {
            output.WriteFixed32(writer.Key.Value);
            output.WriteUInt(writer.Length);
        }

        return bytes;
    }
}
