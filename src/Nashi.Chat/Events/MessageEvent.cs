namespace Nashi.Chat;

/// <summary>A message came, or one of ours was applied.</summary>
public sealed record MessageEvent(ChatMessage Message) : RoomEvent;
