using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>There is no answer to a request.</summary>
internal readonly record struct NoDataMessage(ulong Request, NoDataReason Reason)
{
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out NoDataMessage message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var request)) return false;
        var reason = 0UL;
        // Older peers send no flags.
        if (!reader.IsEmpty && (!reader.TryReadUInt(out var flags) || ((flags & 1) != 0 && !reader.TryReadUInt(out reason)))) return false;
        message = new(request, reason is 1 or 2 ? (NoDataReason)reason : NoDataReason.Unspecified);
        return true;
    }

    public void Write(ref CompactWriter writer)
    {
        writer.WriteUInt(Request);
        writer.WriteUInt(Reason == NoDataReason.Unspecified ? 0UL : 1);
        if (Reason != NoDataReason.Unspecified) writer.WriteUInt((ulong)Reason);
    }
}
