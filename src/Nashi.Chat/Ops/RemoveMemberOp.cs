using System.Collections.Immutable;
using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Removes a member with all devices, or leaves.</summary>
internal sealed record RemoveMemberOp(PublicKey Identity, ImmutableArray<MessageId> Seen) : Op(OpKind.RemoveMember);
