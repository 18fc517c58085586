namespace Nashi.Chat;

/// <summary>The room's key changed.</summary>
public sealed record KeyChangedEvent : RoomEvent;
