using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup.Protocol;

/// <summary>What travels with the open of a topic's channel.</summary>
/// <param name="Version">0.</param>
/// <param name="Capability">See <see cref="CapabilityOf"/>.</param>
/// <param name="IsActive">The sender works with the topic right now.</param>
internal readonly record struct WakeupHandshake(ulong Version, Bytes32 Capability, bool IsActive)
{
    private static readonly Bytes32[] Roles = Namespaces.DeriveMany("wakeup", 2);

    /// <summary>The proof that a side knows the topic's key, bound to the connection and to its role in it.</summary>
    public static Bytes32 CapabilityOf(bool isInitiator, in Bytes32 key, ReadOnlySpan<byte> handshakeHash) =>
        Blake2b.HashParts(Roles[isInitiator ? 0 : 1].AsSpan(), key.AsSpan(), handshakeHash);

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out WakeupHandshake handshake)
    {
        var reader = new CompactReader(bytes);
        var ok = reader.TryReadUInt(out var version) & reader.TryReadFixed32(out var capability) & reader.TryReadUInt(out var flags);
        handshake = new(version, capability, (flags & 1) != 0);
        return ok;
    }

    public byte[] Encode()
    {
        var bytes = new byte[CompactSize.UInt(Version) + Bytes32.Size + 1];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(Version);
        writer.WriteFixed32(Capability);
        writer.WriteByte(IsActive ? (byte)1 : (byte)0);
        return bytes;
    }
}
