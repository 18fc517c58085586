using Nashi.Encoding;

namespace Nashi.Protomux.Rpc.Protocol;

/// <summary>Calls a method, or tells of an event when its id is zero.</summary>
/// <remarks>Source: network.md §5.3.</remarks>
internal static class RpcRequestMessage
{
    public const int Type = 0;

    public static bool TryDecode(ReadOnlyMemory<byte> bytes, out ulong id, out string method, out ReadOnlyMemory<byte> value)
    {
        var reader = new CompactReader(bytes.Span);
        method = "";
        var ok = reader.TryReadUInt(out id) && reader.TryReadString(RpcOptions.MaxMethodSize, out method);
        value = ok ? bytes[^reader.Remaining..] : default;
        return ok;
    }

    public static void WriteHead(ref CompactWriter writer, ulong id, string method)
    {
        writer.WriteUInt(id);
        writer.WriteString(method);
    }
}
