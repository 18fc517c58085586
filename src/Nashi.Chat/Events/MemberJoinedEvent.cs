namespace Nashi.Chat;

/// <summary>Somebody became a member.</summary>
public sealed record MemberJoinedEvent(Member Member) : RoomEvent;
