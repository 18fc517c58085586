using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>Takes a request back.</summary>
/// <param name="Request">Its id.</param>
internal readonly record struct CancelMessage(ulong Request)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out CancelMessage message)
    {
        var ok = new CompactReader(bytes).TryReadUInt(out var request);
        message = new(request);
        return ok;
    }

    public void Write(ref CompactWriter writer) => writer.WriteUInt(Request);
}
