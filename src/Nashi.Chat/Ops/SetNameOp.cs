namespace Nashi.Chat.Ops;

/// <summary>Changes one's own name.</summary>
internal sealed record SetNameOp(string Name) : Op(OpKind.SetName);
