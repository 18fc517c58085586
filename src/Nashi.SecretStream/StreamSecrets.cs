using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.SecretStream;

/// <summary>What each role of a stream derives from the handshake hash. Source: network.md §4.2, §4.3.</summary>
public static class StreamSecrets
{
    private static readonly Bytes32[] Spaces = Namespaces.DeriveMany("hyperswarm/secret-stream", 3);

    /// <summary>The id with which a role's stream header starts.</summary>
    public static Bytes32 StreamId(ReadOnlySpan<byte> handshakeHash, bool isInitiator) =>
        Blake2b.HashKeyed(handshakeHash, Spaces[isInitiator ? 0 : 1].AsSpan());

    /// <summary>The key under which a role sends unordered messages. Secret: whoever saw the handshake keys could derive it.</summary>
    public static Bytes32 UnorderedKey(ReadOnlySpan<byte> handshakeHash, bool isInitiator)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, handshakeHash);
        hasher.Update(Spaces[isInitiator ? 0 : 1].AsSpan());
        hasher.Update(Spaces[2].AsSpan());
        return hasher.Finish32();
    }
}
