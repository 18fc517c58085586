using Nashi.Encoding;

namespace Nashi.Dht.Rpc;

/// <summary>Fields that requests and responses share.</summary>
internal static class RpcFields
{
    /// <summary>Reads 32 bytes when they are there.</summary>
    public static bool TryReadOptional(ref CompactReader reader, bool isThere, out Bytes32? value)
    {
        value = null;
        if (!isThere) return true;
        if (!reader.TryReadFixed32(out var bytes)) return false;
        value = bytes;
        return true;
    }

    /// <summary>Reads a value when it is there. Its length is bounded by the datagram's.</summary>
    public static bool TryReadValue(ref CompactReader reader, bool isThere, out byte[]? value)
    {
        value = null;
        if (!isThere) return true;
        if (!reader.TryReadBuffer(out var bytes)) return false;
        value = bytes.ToArray();
        return true;
    }
}
