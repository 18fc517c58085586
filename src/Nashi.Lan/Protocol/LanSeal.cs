using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Lan.Protocol;

/// <summary>Public keys that only those can read who know the topic they serve.</summary>
/// <remarks>
/// XChaCha20-Poly1305 under a key made of topic and salt. The nonce is a hash of the public key under the same key, so equal messages look equal and
/// no nonce serves two messages. The instance's name is bound in: a sealed key cannot be moved to another instance.
/// </remarks>
internal static class LanSeal
{
    /// <summary>Length of a sealed public key.</summary>
    public const int Size = NonceSize + PublicKeySize + XChaCha20Poly1305.Overhead;

    private const int NonceSize = 16;
    private const int PublicKeySize = 32;

    private static ReadOnlySpan<byte> Context => "nashi lan seal v1"u8;

    /// <summary>Seals a public key.</summary>
    public static byte[] Seal(LanTarget topic, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> instance, PublicKey publicKey)
    {
        var key = KeyOf(topic, salt);
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        nonce.Clear();
        Blake2b.Hash(publicKey.Value.AsSpan(), key.AsSpan(), nonce[..NonceSize]);
        var sealedKey = new byte[Size];
        nonce[..NonceSize].CopyTo(sealedKey);
        XChaCha20Poly1305.Encrypt(publicKey.Value.AsSpan(), instance, nonce, key.AsSpan(), sealedKey.AsSpan(NonceSize));
        return sealedKey;
    }

    /// <summary>Opens a sealed public key; false when it is not authentic.</summary>
    public static bool TryOpen(LanTarget topic, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> instance, ReadOnlySpan<byte> sealedKey, out PublicKey publicKey)
    {
        publicKey = default;
        if (sealedKey.Length != Size) return false;
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        nonce.Clear();
        sealedKey[..NonceSize].CopyTo(nonce);
        Span<byte> opened = stackalloc byte[PublicKeySize];
        if (!XChaCha20Poly1305.TryDecrypt(sealedKey[NonceSize..], instance, nonce, KeyOf(topic, salt).AsSpan(), opened)) return false;
        publicKey = new PublicKey(new Bytes32(opened));
        return true;
    }

    private static Bytes32 KeyOf(LanTarget topic, ReadOnlySpan<byte> salt)
    {
        Span<byte> input = stackalloc byte[Context.Length + Bytes32.Size];
        Context.CopyTo(input);
        topic.Value.AsSpan().CopyTo(input[Context.Length..]);
        return Blake2b.HashKeyed(salt, input);
    }
}
