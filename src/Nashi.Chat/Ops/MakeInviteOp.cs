using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Makes an invitation known.</summary>
internal sealed record MakeInviteOp(PublicKey Invite, RoomRole Role, ulong Expires, uint MaxUses) : Op(OpKind.MakeInvite);
