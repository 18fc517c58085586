using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Takes an invitation back.</summary>
internal sealed record RevokeInviteOp(PublicKey Invite) : Op(OpKind.RevokeInvite);
