namespace Nashi.Chat;

/// <summary>A message was edited: as it stands now.</summary>
public sealed record EditedEvent(ChatMessage Message) : RoomEvent;
