using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Protomux;

/// <summary>Proof that a side of a connection knows a key, bound to that connection and to its role in it.</summary>
/// <remarks>Whoever learns it can use it nowhere else. Wire compatible with <c>hyperswarm-capability</c>. Source: network.md §5.3.</remarks>
public static class ConnectionCapability
{
    private static readonly Bytes32 Namespace = Namespaces.Derive("hyperswarm-capability", 0);

    /// <summary>Our proof.</summary>
    public static Bytes32 Generate(IMessageStream stream, in Bytes32 key)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Compute(stream.IsInitiator, key, stream.HandshakeHash.Span);
    }

    /// <summary>Whether the remote proved that it knows the key.</summary>
    public static bool Verify(IMessageStream stream, in Bytes32 key, in Bytes32 theirs)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Compute(!stream.IsInitiator, key, stream.HandshakeHash.Span) == theirs;
    }

    /// <summary>The handshake that carries a proof, or none.</summary>
    public static byte[] EncodeHandshake(Bytes32? proof)
    {
        if (proof is not { } present) return [0];
        return [1, .. present.AsSpan()];
    }

    /// <summary>Reads a handshake.</summary>
    public static bool TryDecodeHandshake(ReadOnlySpan<byte> bytes, out Bytes32? proof)
    {
        proof = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags)) return false;
        if ((flags & 1) == 0) return true;
        if (!reader.TryReadFixed32(out var present)) return false;
        proof = present;
        return true;
    }

    internal static Bytes32 Compute(bool isInitiator, in Bytes32 key, ReadOnlySpan<byte> handshakeHash)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, handshakeHash);
        hasher.Update(Namespace.AsSpan());
        hasher.Update([isInitiator ? (byte)1 : (byte)0]);
        hasher.Update(key.AsSpan());
        return hasher.Finish32();
    }
}
