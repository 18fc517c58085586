using Nashi.Encoding;

namespace Nashi.Chat.Ops;

/// <summary>Silences a member, or lets them speak again.</summary>
internal sealed record MuteOp(PublicKey Identity, bool IsOn) : Op(OpKind.Mute);
