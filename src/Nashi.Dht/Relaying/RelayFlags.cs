using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>The field of bits before each message: one byte, or a marker and more of them when a later version needs more.</summary>
internal static class RelayFlags
{
    /// <summary>Reads it; of the bits only the first means something today.</summary>
    public static bool TryRead(ref CompactReader reader, out bool first)
    {
        var isRead = reader.TryReadUInt(out var bits);
        first = (bits & 1) != 0;
        return isRead;
    }
}
