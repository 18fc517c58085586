using Nashi.Cryptography.Interop;

namespace Nashi.Cryptography;

/// <summary>Unauthenticated stream ciphers with 24-byte nonces; integrity must come from elsewhere. Thread-safe: stateless.</summary>
public static unsafe class StreamCipher
{
    /// <summary>Length of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Length of a nonce.</summary>
    public const int NonceSize = 24;

    /// <summary>XORs <paramref name="data"/> in place with XSalsa20 (crypto_stream_xor), which hypercore's block encryption uses.</summary>
    public static void XSalsa20Xor(Span<byte> data, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        Require(nonce, key);
        fixed (byte* d = data, n = nonce, k = key) _ = Sodium.crypto_stream_xor(d, d, (ulong)data.Length, n, k);
    }

    /// <summary>XORs <paramref name="data"/> in place with XChaCha20, starting at a 64-byte block counter.</summary>
    public static void XChaCha20Xor(Span<byte> data, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key, ulong counter = 0)
    {
        Require(nonce, key);
        fixed (byte* d = data, n = nonce, k = key) _ = Sodium.crypto_stream_xchacha20_xor_ic(d, d, (ulong)data.Length, n, counter, k);
    }

    private static void Require(ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> key)
    {
        if (nonce.Length != NonceSize) throw new ArgumentException($"A nonce has {NonceSize} bytes.", nameof(nonce));
        if (key.Length != KeySize) throw new ArgumentException($"A key has {KeySize} bytes.", nameof(key));
    }
}
