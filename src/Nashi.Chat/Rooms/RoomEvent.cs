using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>Something that happened in a room.</summary>
public abstract record RoomEvent
{
    private protected RoomEvent()
    {
    }
}

/// <summary>A message came, or one of ours was applied.</summary>
public sealed record MessageEvent(ChatMessage Message) : RoomEvent;

/// <summary>A message was edited: as it stands now.</summary>
public sealed record EditedEvent(ChatMessage Message) : RoomEvent;

/// <summary>A message was deleted.</summary>
public sealed record DeletedEvent(MessageId Id, PublicKey By) : RoomEvent;

/// <summary>Somebody reacted to a message, or took a reaction back.</summary>
public sealed record ReactionEvent(MessageId Id, PublicKey By, string Emoji, bool IsOn) : RoomEvent;

/// <summary>Somebody became a member.</summary>
public sealed record MemberJoinedEvent(Member Member) : RoomEvent;

/// <summary>Somebody left or was removed.</summary>
public sealed record MemberLeftEvent(Member Member, PublicKey By) : RoomEvent;

/// <summary>The room's name, a role or a member's name changed: see the state.</summary>
public sealed record RoomChangedEvent(PublicKey By) : RoomEvent;

/// <summary>The room's key changed.</summary>
public sealed record KeyChangedEvent : RoomEvent;

/// <summary>An op was refused, here as by everybody.</summary>
public sealed record RefusedEvent(MessageId Op, PublicKey? By, Refusal Reason) : RoomEvent;

/// <summary>A device of a member has more of what we wrote: ask for the delivery of messages anew.</summary>
public sealed record DeliveryEvent : RoomEvent;

/// <summary>The room's status on this device changed.</summary>
public sealed record StatusEvent(RoomStatus Status) : RoomEvent;

/// <summary>A member's device connected or disconnected.</summary>
public sealed record PeersEvent(int Count) : RoomEvent;
