using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>Somebody reacted to a message, or took a reaction back.</summary>
public sealed record ReactionEvent(MessageId Id, PublicKey By, string Emoji, bool IsOn) : RoomEvent;
