namespace Nashi.Chat;

/// <summary>Something that happened in a room.</summary>
public abstract record RoomEvent
{
    private protected RoomEvent()
    {
    }
}
