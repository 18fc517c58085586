namespace Nashi.Chat.Ops;

/// <summary>Makes the room, and its maker the owner.</summary>
internal sealed record CreateOp(string Name, int OpsPerMinute, int Burst, JoinCard Card) : Op(OpKind.Create);
