using Nashi.Encoding;
using Nashi.Pairing;

namespace Nashi.Chat.Ops;

/// <summary>Lets somebody in who showed an invite.</summary>
internal sealed record AddMemberOp(PublicKey Invite, PairingReceipt Receipt, ulong KeyId) : Op(OpKind.AddMember);
