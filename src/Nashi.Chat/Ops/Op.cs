using System.Collections.Immutable;
using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Ops;

/// <summary>What one op does.</summary>
internal abstract record Op(OpKind Kind)
{
    /// <summary>Whether versions that do not know the kind must stop at it.</summary>
    public bool IsCritical => Kind <= OpKind.Mute && Kind != OpKind.SetName;
}

/// <summary>Makes the room, and its maker the owner.</summary>
internal sealed record CreateOp(string Name, int OpsPerMinute, int Burst, JoinCard Card) : Op(OpKind.Create);

/// <summary>Lets somebody in who showed an invite.</summary>
internal sealed record AddMemberOp(PublicKey Invite, PairingReceipt Receipt, ulong KeyId) : Op(OpKind.AddMember);

/// <summary>Removes a member with all devices, or leaves.</summary>
internal sealed record RemoveMemberOp(PublicKey Identity, ImmutableArray<MessageId> Seen) : Op(OpKind.RemoveMember);

/// <summary>Makes an invitation known.</summary>
internal sealed record MakeInviteOp(PublicKey Invite, RoomRole Role, ulong Expires, uint MaxUses) : Op(OpKind.MakeInvite);

/// <summary>Takes an invitation back.</summary>
internal sealed record RevokeInviteOp(PublicKey Invite) : Op(OpKind.RevokeInvite);

/// <summary>Changes what a member may do.</summary>
internal sealed record SetRoleOp(PublicKey Identity, RoomRole Role) : Op(OpKind.SetRole);

/// <summary>Changes the room's name and limits.</summary>
internal sealed record SetRoomOp(string Name, int OpsPerMinute, int Burst) : Op(OpKind.SetRoom);

/// <summary>Changes one's own name.</summary>
internal sealed record SetNameOp(string Name) : Op(OpKind.SetName);

/// <summary>Silences a member, or lets them speak again.</summary>
internal sealed record MuteOp(PublicKey Identity, bool IsOn) : Op(OpKind.Mute);

/// <summary>Says that a device was not heard of for long: it is no indexer until it is.</summary>
internal sealed record SilentOp(CoreKey Writer) : Op(OpKind.Silent);

/// <summary>A message; its content is a block of the author's content core.</summary>
internal sealed record PostOp(ulong Block, uint Size, bool HasMedia, bool HasLinks, MessageId? ReplyTo) : Op(OpKind.Post);

/// <summary>Gives a message another content.</summary>
internal sealed record EditOp(MessageId Target, ulong Block, uint Size, bool HasMedia, bool HasLinks) : Op(OpKind.Edit);

/// <summary>Takes a message away.</summary>
internal sealed record DeleteOp(MessageId Target) : Op(OpKind.Delete);

/// <summary>Reacts, or takes a reaction back.</summary>
internal sealed record ReactOp(MessageId Target, string Emoji, bool IsOn) : Op(OpKind.React);
