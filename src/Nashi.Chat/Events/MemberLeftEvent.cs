using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>Somebody left or was removed.</summary>
public sealed record MemberLeftEvent(Member Member, PublicKey By) : RoomEvent;
