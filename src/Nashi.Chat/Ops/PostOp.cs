namespace Nashi.Chat.Ops;

/// <summary>A message; its content is a block of the author's content core.</summary>
internal sealed record PostOp(ulong Block, uint Size, bool HasMedia, bool HasLinks, MessageId? ReplyTo) : Op(OpKind.Post);
