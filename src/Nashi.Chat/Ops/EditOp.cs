namespace Nashi.Chat.Ops;

/// <summary>Gives a message another content.</summary>
internal sealed record EditOp(MessageId Target, ulong Block, uint Size, bool HasMedia, bool HasLinks) : Op(OpKind.Edit);
