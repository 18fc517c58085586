using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>XChaCha20-Poly1305 with a 24-byte nonce, long enough to choose at random. Thread-safe: stateless.</summary>
public static unsafe class XChaCha20Poly1305
{
    /// <summary>Length of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Length of a nonce.</summary>
    public const int NonceSize = 24;

    /// <summary>Bytes added to a message.</summary>
    public const int Overhead = 16;

    /// <summary>Encrypts and authenticates; <paramref name="cipher"/> is 16 bytes longer than <paramref name="message"/>.</summary>
    public static void Encrypt(
        ReadOnlySpan<byte> message, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, Span<byte> cipher)
    {
        Require(nonce, key);
        if (cipher.Length != message.Length + Overhead) throw new ArgumentException("The output must be 16 bytes longer.", nameof(cipher));
        fixed (byte* m = message, a = associatedData, n = nonce, k = key, c = cipher)
        {
            _ = Sodium.crypto_aead_xchacha20poly1305_ietf_encrypt(c, null, m, (ulong)message.Length, a, (ulong)associatedData.Length, null, n, k);
        }
    }

    /// <summary>Decrypts; false when it is too short or not authentic.</summary>
    public static bool TryDecrypt(
        ReadOnlySpan<byte> cipher, ReadOnlySpan<byte> associatedData, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, Span<byte> message)
    {
        Require(nonce, key);
        if (cipher.Length < Overhead) return false;
        if (message.Length != cipher.Length - Overhead) throw new ArgumentException("The output must be 16 bytes shorter.", nameof(message));
        byte spare;
        fixed (byte* m = message, a = associatedData, n = nonce, k = key, c = cipher)
        {
            return Sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(
                m == null ? &spare : m, null, null, c, (ulong)cipher.Length, a, (ulong)associatedData.Length, n, k) == 0;
        }
    }

    private static void Require(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (nonce.Length != NonceSize) throw new ArgumentException($"A nonce has {NonceSize} bytes.", nameof(nonce));
        if (key.Length != KeySize) throw new ArgumentException($"A key has {KeySize} bytes.", nameof(key));
    }
}
