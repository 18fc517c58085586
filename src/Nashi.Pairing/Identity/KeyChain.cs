using System.Buffers.Binary;
using System.Security.Cryptography;
using Nashi.Cryptography;

namespace Nashi.Pairing;

/// <summary>Keys derived from one seed along a path: SLIP-10 for key pairs, SLIP-21 for symmetric keys. Source: data.md §10.4.</summary>
internal static class KeyChain
{
    private const uint Hardened = 0x8000_0000;
    private const int HashSize = 64;
    private const int HalfSize = 32;

    /// <summary>The key pair at a path of hardened steps; the caller disposes it.</summary>
    public static KeyPair DeriveKeyPair(ReadOnlySpan<byte> seed, ReadOnlySpan<uint> path)
    {
        Span<byte> node = stackalloc byte[HashSize];
        Span<byte> next = stackalloc byte[HashSize];
        Span<byte> data = stackalloc byte[1 + HalfSize + sizeof(uint)];
        HMACSHA512.HashData("ed25519 seed"u8, seed, node);
        foreach (var step in path)
        {
            data[0] = 0;
            node[..HalfSize].CopyTo(data[1..]);
            BinaryPrimitives.WriteUInt32BigEndian(data[(1 + HalfSize)..], step | Hardened);
            HMACSHA512.HashData(node[HalfSize..], data, next);
            next.CopyTo(node);
        }

        var pair = KeyPair.FromSeed(node[..HalfSize]);
        CryptographicOperations.ZeroMemory(node);
        CryptographicOperations.ZeroMemory(next);
        CryptographicOperations.ZeroMemory(data);
        return pair;
    }

    /// <summary>The symmetric key at a path of labels, into <paramref name="key"/>: 32 bytes.</summary>
    public static void DeriveKey(ReadOnlySpan<byte> seed, ReadOnlySpan<string> path, Span<byte> key)
    {
        Span<byte> node = stackalloc byte[HashSize];
        Span<byte> next = stackalloc byte[HashSize];
        HMACSHA512.HashData("Symmetric key seed"u8, seed, node);
        foreach (var label in path)
        {
            HMACSHA512.HashData(node[..HalfSize], [0, .. System.Text.Encoding.UTF8.GetBytes(label)], next);
            next.CopyTo(node);
        }

        node[HalfSize..].CopyTo(key);
        CryptographicOperations.ZeroMemory(node);
        CryptographicOperations.ZeroMemory(next);
    }
}
