namespace Nashi.Chat.Ops;

/// <summary>Takes a message away.</summary>
internal sealed record DeleteOp(MessageId Target) : Op(OpKind.Delete);
