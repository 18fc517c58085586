using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup.Protocol;

/// <summary>Asks for the writers that the other side knows.</summary>
/// <param name="Hash">What the sender knows already; null for nothing.</param>
internal readonly record struct WakeupLookup(Bytes32? Hash)
{
    public const int Type = 0;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out WakeupLookup message)
    {
        message = default;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) == 0) return true;
        if (!reader.TryReadFixed32(out var hash)) return false;
        message = new(hash);
        return true;
    }

    public byte[] Encode() => Hash is { } hash ? [1, .. hash.AsSpan()] : [0];
}
