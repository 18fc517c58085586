using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Chat.Epochs;

/// <summary>A new key of a room: sealed to each device, with the way back to older keys. Readable framing, nothing readable inside. Spec: messenger.md §4.3.</summary>
internal sealed record EpochRecord
{
    public const int MaxWraps = RoomState.MaxDevices;
    public const int MaxBack = 16;
    public const int WrapSize = Bytes32.Size + EncryptionKeyPair.SealOverhead;
    public const int BackSize = Bytes32.Size + SecretBox.Overhead;

    private const byte Version = 1;

    /// <summary>Which key it is, in full: a short name alone could be given to two keys, and members who got different ones would no longer agree.</summary>
    public required Bytes32 Commitment { get; init; }

    /// <summary>The key's short name.</summary>
    public ulong KeyId => KeyIds.Of(Commitment);

    public required EpochReason Reason { get; init; }

    public required IReadOnlyList<EpochWrap> Wraps { get; init; }

    public required IReadOnlyList<EpochBack> Back { get; init; }

    /// <summary>Makes the record of a key.</summary>
    /// <param name="room">Whose key.</param>
    /// <param name="key">The key.</param>
    /// <param name="reason">Why.</param>
    /// <param name="boxes">The X25519 keys of those who get it.</param>
    /// <param name="older">Keys that its holders may have too, with their names.</param>
    /// <param name="random">For nonces; wraps have ephemeral keys of their own.</param>
    public static EpochRecord Create(CoreKey room, in Bytes32 key, EpochReason reason, IEnumerable<Bytes32> boxes, IEnumerable<KeyValuePair<ulong, Bytes32>> older, IRandom random)
    {
        var commitment = KeyIds.CommitmentOf(room, key);
        var id = KeyIds.Of(commitment);
        var wraps = new List<EpochWrap>();
        foreach (var box in boxes)
        {
            var cipher = new byte[WrapSize];
            EncryptionKeyPair.Seal(key.AsSpan(), box, cipher);
            wraps.Add(new(KeyIds.Tag(box, id), cipher));
        }

        var back = new List<EpochBack>();
        foreach (var (oldId, old) in older)
        {
            var (nonce, cipher) = (new byte[SecretBox.NonceSize], new byte[BackSize]);
            random.Fill(nonce);
            SecretBox.Encrypt(old.AsSpan(), nonce, KeyIds.Derive("back"u8, room.Value.AsSpan(), key.AsSpan()).AsSpan(), cipher);
            back.Add(new(oldId, nonce, cipher));
        }

        return new() { Commitment = commitment, Reason = reason, Wraps = [.. wraps.OrderBy(wrap => wrap.Tag)], Back = back };
    }

    /// <summary>Whether it is the record of this very key.</summary>
    public bool IsOf(CoreKey room, in Bytes32 key) => KeyIds.CommitmentOf(room, key) == Commitment;

    /// <summary>The key, when it is sealed to a device and is what its name says.</summary>
    public bool TryOpen(CoreKey room, EncryptionKeyPair box, out Bytes32 key)
    {
        var tag = KeyIds.Tag(box.PublicKey, KeyId);
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        key = default;
        foreach (var wrap in Wraps)
        {
            if (wrap.Tag != tag || !box.TryOpen(wrap.Box.Span, bytes)) continue;
            key = new(bytes);
            CryptographicOperations.ZeroMemory(bytes);
            return IsOf(room, key);
        }

        return false;
    }

    /// <summary>The older keys that this one's opens.</summary>
    public IEnumerable<KeyValuePair<ulong, Bytes32>> OpenBack(CoreKey room, Bytes32 key)
    {
        var back = KeyIds.Derive("back"u8, room.Value.AsSpan(), key.AsSpan());
        foreach (var one in Back)
        {
            var bytes = new byte[Bytes32.Size];
            if (!SecretBox.TryDecrypt(one.Box.Span, one.Nonce.Span, back.AsSpan(), bytes)) continue;
            var old = new Bytes32(bytes);
            if (KeyIds.Of(room, old) == one.KeyId) yield return new(one.KeyId, old);
        }
    }

    /// <summary>Parses a stranger's bytes.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out EpochRecord? record)
    {
        record = null;
        var reader = new CompactReader(bytes);
        if (!reader.TryReadByte(out var version) || version != Version || !reader.TryReadFixed32(out var commitment) || !reader.TryReadByte(out var reason)) return false;
        if (!reader.TryReadArrayLength(8 + WrapSize, out var wrapCount) || wrapCount > MaxWraps) return false;
        var wraps = new EpochWrap[wrapCount];
        for (var i = 0; i < wrapCount; i++)
        {
            if (!reader.TryReadUInt64(out var tag) || !reader.TryReadFixed(WrapSize, out var box)) return false;
            wraps[i] = new(tag, box.ToArray());
        }

        if (!reader.TryReadArrayLength(8 + SecretBox.NonceSize + BackSize, out var backCount) || backCount > MaxBack) return false;
        var back = new EpochBack[backCount];
        for (var i = 0; i < backCount; i++)
        {
            if (!reader.TryReadUInt64(out var old) || !reader.TryReadFixed(SecretBox.NonceSize, out var nonce) || !reader.TryReadFixed(BackSize, out var box)) return false;
            back[i] = new(old, nonce.ToArray(), box.ToArray());
        }

        if (!reader.IsEmpty) return false;
        record = new() { Commitment = commitment, Reason = (EpochReason)reason, Wraps = wraps, Back = back };
        return true;
    }

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(64 + (Wraps.Count * (8 + WrapSize)) + (Back.Count * (8 + SecretBox.NonceSize + BackSize)));
        var writer = new CompactWriter(buffer);
        writer.WriteByte(Version);
        writer.WriteFixed32(Commitment);
        writer.WriteByte((byte)Reason);
        writer.WriteUInt((ulong)Wraps.Count);
        foreach (var wrap in Wraps)
        {
            writer.WriteUInt64(wrap.Tag);
            writer.WriteFixed(wrap.Box.Span);
        }

        writer.WriteUInt((ulong)Back.Count);
        foreach (var back in Back)
        {
            writer.WriteUInt64(back.KeyId);
            writer.WriteFixed(back.Nonce.Span);
            writer.WriteFixed(back.Box.Span);
        }

        return buffer.WrittenSpan.ToArray();
    }
}
