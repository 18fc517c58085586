namespace Nashi.Chat;

/// <summary>A member's device connected or disconnected.</summary>
public sealed record PeersEvent(int Count) : RoomEvent;
