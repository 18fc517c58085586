using System.Buffers.Binary;
using System.Security.Cryptography;
using Nashi.Chat.Epochs;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Seals what a room's members say to each other: key's name, nonce, ciphertext. Padded, so that lengths tell little.</summary>
internal static class Sealing
{
    public const int Header = 8 + XChaCha20Poly1305.NonceSize;
    public const int Overhead = Header + XChaCha20Poly1305.Overhead + 4;

    private const int SmallestBucket = 64;
    private const int LargeBucket = 1024;

    /// <summary>The length of a message of some length once sealed.</summary>
    public static int SizeOf(int length) => Header + XChaCha20Poly1305.Overhead + Bucket(length + 4);

    /// <summary>Seals with a random nonce.</summary>
    public static byte[] Seal(ReadOnlySpan<byte> message, ulong keyId, in Bytes32 key, CoreKey room, ReadOnlySpan<byte> place, IRandom random)
    {
        Span<byte> nonce = stackalloc byte[XChaCha20Poly1305.NonceSize];
        random.Fill(nonce);
        return Seal(message, keyId, key, room, place, nonce);
    }

    /// <summary>Seals so that everybody who has the key gets the same bytes: the nonce follows from the message.</summary>
    public static byte[] SealSame(ReadOnlySpan<byte> message, ulong keyId, in Bytes32 key, CoreKey room, ReadOnlySpan<byte> place)
    {
        var nonce = KeyIds.Derive("nonce"u8, key.AsSpan(), message);
        return Seal(message, keyId, KeyIds.Derive("same"u8, key.AsSpan(), room.Value.AsSpan()), room, place, nonce.AsSpan()[..XChaCha20Poly1305.NonceSize]);
    }

    /// <summary>Opens what <see cref="SealSame"/> made.</summary>
    public static byte[]? OpenSame(ReadOnlySpan<byte> value, in Bytes32 key, CoreKey room, ReadOnlySpan<byte> place) =>
        Open(value, KeyIds.Derive("same"u8, key.AsSpan(), room.Value.AsSpan()), room, place);

    /// <summary>The key's name; zero when the value is too short to have one.</summary>
    public static ulong KeyIdOf(ReadOnlySpan<byte> value) => value.Length < Overhead ? 0 : BinaryPrimitives.ReadUInt64LittleEndian(value);

    /// <summary>Opens; null when it was not sealed with this key, for this room and place.</summary>
    public static byte[]? Open(ReadOnlySpan<byte> value, in Bytes32 key, CoreKey room, ReadOnlySpan<byte> place)
    {
        if (value.Length < Overhead) return null;
        var padded = new byte[value.Length - Header - XChaCha20Poly1305.Overhead];
        Span<byte> data = stackalloc byte[(2 * Bytes32.Size) + 16];
        if (!XChaCha20Poly1305.TryDecrypt(value[Header..], Associate(room, place, data), value[8..Header], key.AsSpan(), padded)) return null;
        var length = BinaryPrimitives.ReadUInt32LittleEndian(padded);
        var message = length <= padded.Length - 4 ? padded.AsSpan(4, (int)length).ToArray() : null;
        CryptographicOperations.ZeroMemory(padded);
        return message;
    }

    private static byte[] Seal(ReadOnlySpan<byte> message, ulong keyId, in Bytes32 key, CoreKey room, ReadOnlySpan<byte> place, ReadOnlySpan<byte> nonce)
    {
        var padded = new byte[Bucket(message.Length + 4)];
        BinaryPrimitives.WriteUInt32LittleEndian(padded, (uint)message.Length);
        message.CopyTo(padded.AsSpan(4));
        var value = new byte[Header + padded.Length + XChaCha20Poly1305.Overhead];
        BinaryPrimitives.WriteUInt64LittleEndian(value, keyId);
        nonce.CopyTo(value.AsSpan(8));
        Span<byte> data = stackalloc byte[(2 * Bytes32.Size) + 16];
        XChaCha20Poly1305.Encrypt(padded, Associate(room, place, data), nonce, key.AsSpan(), value.AsSpan(Header));
        CryptographicOperations.ZeroMemory(padded);
        return value;
    }

    private static ReadOnlySpan<byte> Associate(CoreKey room, ReadOnlySpan<byte> place, Span<byte> data)
    {
        room.Value.AsSpan().CopyTo(data);
        place.CopyTo(data[Bytes32.Size..]);
        return data[..(Bytes32.Size + place.Length)];
    }

    private static int Bucket(int length)
    {
        if (length > LargeBucket) return (length + LargeBucket - 1) / LargeBucket * LargeBucket;
        var bucket = SmallestBucket;
        while (bucket < length) bucket *= 2;
        return bucket;
    }
}
