using System.Buffers.Binary;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Epochs;

/// <summary>Names that reveal nothing of what they name. Spec: messenger.md §4.3.</summary>
internal static class KeyIds
{
    /// <summary>What a room's key is known by in full: nobody can make two keys with one commitment, and only a holder could have made it.</summary>
    public static Bytes32 CommitmentOf(CoreKey room, in Bytes32 key) => Derive("epoch"u8, room.Value.AsSpan(), key.AsSpan());

    /// <summary>The short name of a key: the first 8 bytes of its commitment.</summary>
    public static ulong Of(in Bytes32 commitment) => First(commitment);

    /// <summary>The short name of a room's key.</summary>
    public static ulong Of(CoreKey room, in Bytes32 key) => Of(CommitmentOf(room, key));

    /// <summary>Marks the wrap of a device in the record of a key.</summary>
    public static ulong Tag(in Bytes32 box, ulong keyId)
    {
        Span<byte> id = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(id, keyId);
        return First(Derive("tag"u8, box.AsSpan(), id));
    }

    /// <summary>Where members who have a key meet.</summary>
    public static Topic TopicOf(CoreKey room, in Bytes32 key) => new(Derive("topic"u8, room.Value.AsSpan(), key.AsSpan()));

    /// <summary>A key for one purpose.</summary>
    public static Bytes32 Derive(ReadOnlySpan<byte> purpose, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        using var hasher = new Blake2bHasher(Bytes32.Size, "nashi chat 1"u8);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, purpose.Length);
        hasher.Update(length);
        hasher.Update(purpose);
        BinaryPrimitives.WriteInt32LittleEndian(length, first.Length);
        hasher.Update(length);
        hasher.Update(first);
        hasher.Update(second);
        return hasher.Finish32();
    }

    private static ulong First(in Bytes32 hash) => BinaryPrimitives.ReadUInt64LittleEndian(hash.AsSpan());
}
