namespace Nashi.Chat;

/// <summary>A device of a member has more of what we wrote: ask for the delivery of messages anew.</summary>
public sealed record DeliveryEvent : RoomEvent;
