using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup.Protocol;

/// <summary>Tells whether the sender works with the topic right now.</summary>
/// <param name="IsActive">Whether it does.</param>
internal readonly record struct WakeupInfo(bool IsActive)
{
    public const int Type = 2;

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out WakeupInfo message)
    {
        var reader = new CompactReader(bytes);
        var ok = reader.TryReadUInt(out var flags);
        message = new((flags & 1) != 0);
        return ok;
    }

    public byte[] Encode() => [IsActive ? (byte)1 : (byte)0];
}
