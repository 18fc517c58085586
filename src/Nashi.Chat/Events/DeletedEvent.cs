using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A message was deleted.</summary>
public sealed record DeletedEvent(MessageId Id, PublicKey By) : RoomEvent;
