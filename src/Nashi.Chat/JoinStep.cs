namespace Nashi.Chat;

/// <summary>How far joining a room is.</summary>
public enum JoinStep
{
    /// <summary>Looks for a member.</summary>
    Searching,

    /// <summary>A member let us in; the room's log is being fetched.</summary>
    Admitted,

    /// <summary>Done: the room can be read and written.</summary>
    Joined,
}
