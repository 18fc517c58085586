using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>An op was refused, here as by everybody.</summary>
public sealed record RefusedEvent(MessageId Op, PublicKey? By, Refusal Reason) : RoomEvent;
