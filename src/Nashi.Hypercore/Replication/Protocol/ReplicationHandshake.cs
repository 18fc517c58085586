using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>What travels with the open of a channel: proof that the sender knows the core's key, bound to this connection and to its role in it.</summary>
/// <param name="Seeks">The sender answers seeks.</param>
/// <param name="Capability">See <see cref="CapabilityOf"/>.</param>
internal readonly record struct ReplicationHandshake(bool Seeks, Bytes32 Capability)
{
    public const int Size = 1 + Bytes32.Size;

    /// <summary>The proof that a side of a connection gives.</summary>
    public static Bytes32 CapabilityOf(bool isInitiator, CoreKey key, ReadOnlySpan<byte> handshakeHash)
    {
        var label = isInitiator ? HypercoreNamespaces.ReplicateInitiator : HypercoreNamespaces.ReplicateResponder;
        Span<byte> input = stackalloc byte[2 * Bytes32.Size];
        label.AsSpan().CopyTo(input);
        key.Value.AsSpan().CopyTo(input[Bytes32.Size..]);
        return Blake2b.HashKeyed(handshakeHash, input);
    }

    public static bool TryDecode(ReadOnlySpan<byte> bytes, out ReplicationHandshake handshake)
    {
        var reader = new CompactReader(bytes);
        var ok = reader.TryReadUInt(out var flags) & reader.TryReadFixed32(out var capability);
        handshake = new((flags & 1) != 0, capability);
        return ok;
    }

    public byte[] Encode()
    {
        var bytes = new byte[Size];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(Seeks ? 1UL : 0);
        writer.WriteFixed32(Capability);
        return bytes;
    }
}
