namespace Nashi.Chat;

/// <summary>The room's status on this device changed.</summary>
public sealed record StatusEvent(RoomStatus Status) : RoomEvent;
