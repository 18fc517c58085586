namespace Nashi.Chat.Ops;

/// <summary>Changes the room's name and limits.</summary>
internal sealed record SetRoomOp(string Name, int OpsPerMinute, int Burst) : Op(OpKind.SetRoom);
