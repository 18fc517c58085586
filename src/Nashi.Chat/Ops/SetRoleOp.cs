using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Changes what a member may do.</summary>
internal sealed record SetRoleOp(PublicKey Identity, RoomRole Role) : Op(OpKind.SetRole);
