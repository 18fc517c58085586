namespace Nashi.Chat.Ops;

/// <summary>Reacts, or takes a reaction back.</summary>
internal sealed record ReactOp(MessageId Target, string Emoji, bool IsOn) : Op(OpKind.React);
