using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Nashi.Chat.State;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Ops;

/// <summary>Ops as bytes. Total: any bytes are an op or say why not. The first three bytes are for ever: version, kind, flags.</summary>
internal static class OpCodec
{
    public const byte Version = 1;
    public const int MaxSize = 64 * 1024;
    public const int MaxEmoji = 32;
    public const int MaxSeen = 64;

    /// <summary>The longest room name, in bytes of UTF-8.</summary>
    public const int MaxRoomName = 256;

    // More than anybody will ever write to one core.
    private const ulong MaxLength = 1UL << 53;

    public static byte[] Encode(Envelope envelope)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new CompactWriter(buffer);
        var flags = envelope.Flags | (envelope.Op.IsCritical ? OpFlags.Critical : OpFlags.None);
        writer.WriteByte(Version);
        writer.WriteByte((byte)envelope.Op.Kind);
        writer.WriteByte((byte)flags);
        writer.WriteUInt(envelope.Time.Milliseconds);
        writer.WriteUInt(envelope.Time.Counter);
        WriteBody(ref writer, envelope.Op);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a stranger's bytes.</summary>
    public static DecodedOp Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (bytes.Length > MaxSize || !reader.TryReadByte(out var version) || !reader.TryReadByte(out var kind) || !reader.TryReadByte(out var flagBits)) return new(null, Refusal.Malformed, false);
        var flags = (OpFlags)flagBits;
        var isCritical = flags.HasFlag(OpFlags.Critical);
        if (version == 0) return new(null, Refusal.Malformed, false);
        if (version > Version) return new(null, Refusal.FutureVersion, isCritical);
        if (!reader.TryReadUInt(out var milliseconds) || !reader.TryReadUInt(out var counter) || counter > uint.MaxValue) return new(null, Refusal.Malformed, false);
        if (!Enum.IsDefined((OpKind)kind)) return new(null, Refusal.UnknownKind, isCritical);
        if (!TryReadBody(ref reader, (OpKind)kind, out var op) || !reader.IsEmpty) return new(null, Refusal.Malformed, false);
        return new(new(new(milliseconds, (uint)counter), op, flags & OpFlags.BeforeRekey), Refusal.None, isCritical);
    }

    internal static void WriteMessageId(ref CompactWriter writer, MessageId id)
    {
        writer.WriteFixed32(id.Writer.Value);
        writer.WriteUInt(id.Length);
    }

    internal static bool TryReadMessageId(ref CompactReader reader, out MessageId id)
    {
        id = default;
        if (!reader.TryReadFixed32(out var writer) || !reader.TryReadUInt(out var length) || length is 0 or > MaxLength) return false;
        id = new(new(writer), length);
        return true;
    }

    internal static bool TryReadKey(ref CompactReader reader, out PublicKey key)
    {
        var isRead = reader.TryReadFixed32(out var bytes);
        key = new(bytes);
        return isRead;
    }

    private static void WriteBody(ref CompactWriter writer, Op op)
    {
        switch (op)
        {
            case CreateOp create:
                WriteRoom(ref writer, create.Name, create.OpsPerMinute, create.Burst);
                create.Card.Write(ref writer);
                break;
            case AddMemberOp add:
                writer.WriteFixed32(add.Invite.Value);
                writer.WriteBuffer(add.Receipt.Encode());
                writer.WriteUInt64(add.KeyId);
                break;
            case RemoveMemberOp remove:
                writer.WriteFixed32(remove.Identity.Value);
                writer.WriteUInt((ulong)remove.Seen.Length);
                foreach (var seen in remove.Seen) WriteMessageId(ref writer, seen);
                break;
            case MakeInviteOp make:
                writer.WriteFixed32(make.Invite.Value);
                writer.WriteByte((byte)make.Role);
                writer.WriteUInt(make.Expires);
                writer.WriteUInt(make.MaxUses);
                break;
            case RevokeInviteOp revoke: writer.WriteFixed32(revoke.Invite.Value); break;
            case SetRoleOp role:
                writer.WriteFixed32(role.Identity.Value);
                writer.WriteByte((byte)role.Role);
                break;
            case SetRoomOp room: WriteRoom(ref writer, room.Name, room.OpsPerMinute, room.Burst); break;
            case SetNameOp name: writer.WriteString(name.Name); break;
            case MuteOp mute:
                writer.WriteFixed32(mute.Identity.Value);
                writer.WriteBool(mute.IsOn);
                break;
            case SilentOp silent: writer.WriteFixed32(silent.Writer.Value); break;
            case PostOp post:
                WriteContent(ref writer, post.Block, post.Size, post.HasMedia, post.HasLinks);
                writer.WriteBool(post.ReplyTo is not null);
                if (post.ReplyTo is { } target) WriteMessageId(ref writer, target);
                break;
            case EditOp edit:
                WriteMessageId(ref writer, edit.Target);
                WriteContent(ref writer, edit.Block, edit.Size, edit.HasMedia, edit.HasLinks);
                break;
            case DeleteOp delete: WriteMessageId(ref writer, delete.Target); break;
            case ReactOp react:
                WriteMessageId(ref writer, react.Target);
                writer.WriteString(react.Emoji);
                writer.WriteBool(react.IsOn);
                break;
        }
    }

    private static bool TryReadBody(ref CompactReader reader, OpKind kind, [NotNullWhen(true)] out Op? op)
    {
        op = kind switch
        {
            OpKind.Create => ReadCreate(ref reader),
            OpKind.AddMember => ReadAdd(ref reader),
            OpKind.RemoveMember => ReadRemove(ref reader),
            OpKind.MakeInvite => ReadMakeInvite(ref reader),
            OpKind.RevokeInvite => TryReadKey(ref reader, out var key) ? new RevokeInviteOp(key) : null,
            OpKind.SetRole => TryReadKey(ref reader, out var key) && TryReadRole(ref reader, out var role) ? new SetRoleOp(key, role) : null,
            OpKind.SetRoom => TryReadRoom(ref reader, out var name, out var rate, out var burst) ? new SetRoomOp(name, rate, burst) : null,
            OpKind.SetName => reader.TryReadString(Member.MaxName, out var name) ? new SetNameOp(name) : null,
            OpKind.Mute => TryReadKey(ref reader, out var key) && reader.TryReadBool(out var isOn) ? new MuteOp(key, isOn) : null,
            OpKind.Silent => reader.TryReadFixed32(out var writer) ? new SilentOp(new(writer)) : null,
            OpKind.Post => ReadPost(ref reader),
            OpKind.Edit => TryReadMessageId(ref reader, out var target) && TryReadContent(ref reader, out var block, out var size, out var media, out var links) ? new EditOp(target, block, size, media, links) : null,
            OpKind.Delete => TryReadMessageId(ref reader, out var target) ? new DeleteOp(target) : null,
            OpKind.React => TryReadMessageId(ref reader, out var target) && reader.TryReadString(MaxEmoji, out var emoji) && emoji.Length > 0 && reader.TryReadBool(out var isOn) ? new ReactOp(target, emoji, isOn) : null,
            _ => null,
        };
        return op is not null;
    }

    private static void WriteRoom(ref CompactWriter writer, string name, int rate, int burst)
    {
        writer.WriteString(name);
        writer.WriteUInt((ulong)rate);
        writer.WriteUInt((ulong)burst);
    }

    private static bool TryReadRoom(ref CompactReader reader, out string name, out int rate, out int burst)
    {
        (rate, burst) = (0, 0);
        return reader.TryReadString(MaxRoomName, out name) && name.Length > 0 && reader.TryReadInt32(out rate) && rate >= 0 && reader.TryReadInt32(out burst) && burst >= 0;
    }

    private static void WriteContent(ref CompactWriter writer, ulong block, uint size, bool hasMedia, bool hasLinks)
    {
        writer.WriteUInt(block);
        writer.WriteUInt(size);
        writer.WriteByte((byte)((hasMedia ? 1 : 0) | (hasLinks ? 2 : 0)));
    }

    private static bool TryReadContent(ref CompactReader reader, out ulong block, out uint size, out bool hasMedia, out bool hasLinks)
    {
        (size, hasMedia, hasLinks) = (0, false, false);
        if (!reader.TryReadUInt(out block) || block > MaxLength || !reader.TryReadUInt(out var wide) || wide > Messages.ContentCodec.MaxSealed || !reader.TryReadByte(out var flags)) return false;
        (size, hasMedia, hasLinks) = ((uint)wide, (flags & 1) != 0, (flags & 2) != 0);
        return true;
    }

    private static bool TryReadRole(ref CompactReader reader, out RoomRole role)
    {
        role = default;
        if (!reader.TryReadByte(out var value) || value > (byte)RoomRole.Owner) return false;
        role = (RoomRole)value;
        return true;
    }

    private static CreateOp? ReadCreate(ref CompactReader reader) =>
        TryReadRoom(ref reader, out var name, out var rate, out var burst) && JoinCard.TryRead(ref reader, out var card) ? new(name, rate, burst, card) : null;

    private static AddMemberOp? ReadAdd(ref CompactReader reader)
    {
        if (!TryReadKey(ref reader, out var invite) || !reader.TryReadBuffer(JoinCard.MaxSize + 256, out var bytes)) return null;
        return PairingReceipt.TryDecode(bytes, out var receipt) && reader.TryReadUInt64(out var keyId) ? new(invite, receipt, keyId) : null;
    }

    private static RemoveMemberOp? ReadRemove(ref CompactReader reader)
    {
        if (!TryReadKey(ref reader, out var identity) || !reader.TryReadArrayLength(Bytes32.Size + 1, out var count) || count > MaxSeen) return null;
        var seen = ImmutableArray.CreateBuilder<MessageId>(count);
        for (var i = 0; i < count; i++)
        {
            if (!TryReadMessageId(ref reader, out var id)) return null;
            seen.Add(id);
        }

        return new(identity, seen.MoveToImmutable());
    }

    private static MakeInviteOp? ReadMakeInvite(ref CompactReader reader) =>
        TryReadKey(ref reader, out var invite) && TryReadRole(ref reader, out var role) && reader.TryReadUInt(out var expires) && reader.TryReadUInt(out var uses) && uses <= int.MaxValue
            ? new(invite, role, expires, (uint)uses)
            : null;

    private static PostOp? ReadPost(ref CompactReader reader)
    {
        if (!TryReadContent(ref reader, out var block, out var size, out var media, out var links) || !reader.TryReadBool(out var isReply)) return null;
        if (!isReply) return new(block, size, media, links, null);
        return TryReadMessageId(ref reader, out var target) ? new(block, size, media, links, target) : null;
    }
}
