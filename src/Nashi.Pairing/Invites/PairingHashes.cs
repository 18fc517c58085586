using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>What blind pairing derives from an invite. Source: data.md §10.1, §10.2.</summary>
internal static class PairingHashes
{
    private static readonly Bytes32[] Spaces = Namespaces.DeriveMany("blind-pairing", 8);
    private static readonly Bytes32[] Dht = Namespaces.DeriveMany("blind-pairing/dht", 3);

    /// <summary>Put before what a request signs.</summary>
    public static Bytes32 SignatureSpace => Spaces[0];

    public static Bytes32 Token(in PublicKey invite, ReadOnlySpan<byte> userData) => Hash(Spaces[1], invite.Value.AsSpan(), userData);

    public static Bytes32 InviteId(in PublicKey invite) => Hash(Spaces[2], invite.Value.AsSpan());

    public static Bytes32 RequestId(in Bytes32 session) => Hash(Spaces[3], session.AsSpan());

    public static Bytes32 Session(in Bytes32 token) => Hash(Spaces[4], token.AsSpan());

    public static Bytes32 SessionKey(in PublicKey invite, ReadOnlySpan<byte> session) => Hash(Spaces[5], invite.Value.AsSpan(), session);

    /// <summary>Under whose key a candidate announces itself and stores its request.</summary>
    public static KeyPair EphemeralKeyPair(in Bytes32 token) => KeyPair.FromSeed(Hash(Dht[0], token.AsSpan()).AsSpan());

    /// <summary>Under whose key the answer to a request is stored.</summary>
    public static KeyPair ReplyKeyPair(in Bytes32 token) => KeyPair.FromSeed(Hash(Dht[1], token.AsSpan()).AsSpan());

    /// <summary>Where candidates announce themselves.</summary>
    public static Topic CandidateTopic(in DiscoveryKey discoveryKey) => new(Hash(Dht[2], discoveryKey.Value.AsSpan()));

    /// <summary>Encrypts under a key that is derived from <paramref name="secret"/>; the nonce is, too, and is authenticated.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> session, ReadOnlySpan<byte> message)
    {
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        Nonce(secret, session, nonce);
        var sealedBytes = new byte[message.Length + XChaCha20Poly1305.Overhead];
        XChaCha20Poly1305.Encrypt(message, nonce, nonce, Hash(Spaces[6], secret).AsSpan(), sealedBytes);
        return sealedBytes;
    }

    /// <summary>Decrypts what <see cref="Seal"/> made; null when it is not authentic.</summary>
    public static byte[]? TryOpen(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> session, ReadOnlySpan<byte> sealedBytes)
    {
        if (sealedBytes.Length < XChaCha20Poly1305.Overhead) return null;
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        Nonce(secret, session, nonce);
        var message = new byte[sealedBytes.Length - XChaCha20Poly1305.Overhead];
        return XChaCha20Poly1305.TryDecrypt(sealedBytes, nonce, nonce, Hash(Spaces[6], secret).AsSpan(), message) ? message : null;
    }

    private static Bytes32 Hash(in Bytes32 space, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default) =>
        Blake2b.HashParts(space.AsSpan(), first, second);

    private static void Nonce(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> session, Span<byte> nonce)
    {
        using var hasher = new Blake2bHasher(nonce.Length);
        hasher.Update(Spaces[7].AsSpan());
        hasher.Update(secret);
        hasher.Update(session);
        hasher.Finish(nonce);
    }
}
