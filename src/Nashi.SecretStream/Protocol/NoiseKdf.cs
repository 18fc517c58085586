using System.Security.Cryptography;
using Nashi.Cryptography;

namespace Nashi.SecretStream.Protocol;

/// <summary>HMAC and HKDF over BLAKE2b-512, as the reference's Noise uses them. Source: network.md §4.1.</summary>
internal static class NoiseKdf
{
    private const int BlockSize = 128;

    /// <summary>Derives two 64-byte outputs; <paramref name="first"/> may be the chaining key itself.</summary>
    public static void Derive(ReadOnlySpan<byte> chainingKey, ReadOnlySpan<byte> input, Span<byte> first, Span<byte> second)
    {
        Span<byte> extracted = stackalloc byte[Bytes64.Size];
        Hmac(chainingKey, input, default, extracted);
        Hmac(extracted, [1], default, first);
        Hmac(extracted, first, [2], second);
        CryptographicOperations.ZeroMemory(extracted);
    }

    private static void Hmac(ReadOnlySpan<byte> key, ReadOnlySpan<byte> input, ReadOnlySpan<byte> more, Span<byte> output)
    {
        Span<byte> pad = stackalloc byte[BlockSize];
        Span<byte> inner = stackalloc byte[Bytes64.Size];
        Pad(key, 0x36, pad);
        Hash(pad, input, more, inner);
        Pad(key, 0x5c, pad);
        Hash(pad, inner, default, output);
        CryptographicOperations.ZeroMemory(pad);
        CryptographicOperations.ZeroMemory(inner);
    }

    private static void Pad(ReadOnlySpan<byte> key, byte mask, Span<byte> pad)
    {
        pad.Fill(mask);
        for (var i = 0; i < key.Length; i++) pad[i] ^= key[i];
    }

    private static void Hash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second, ReadOnlySpan<byte> third, Span<byte> output)
    {
        using var hasher = new Blake2bHasher(Bytes64.Size);
        hasher.Update(first);
        hasher.Update(second);
        hasher.Update(third);
        hasher.Finish(output);
    }
}
