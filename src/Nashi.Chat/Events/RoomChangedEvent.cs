using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>The room's name, a role or a member's name changed: see the state.</summary>
public sealed record RoomChangedEvent(PublicKey By) : RoomEvent;
