using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>A room this device has, without opening it.</summary>
public sealed record RoomSummary
{
    /// <summary>Which room; null until a member let us in.</summary>
    public CoreKey? Id { get; init; }

    /// <summary>Its name when it was last open.</summary>
    public required string Name { get; init; }

    /// <summary>When something was last known to happen in it.</summary>
    public DateTimeOffset? LastActivity { get; init; }

    /// <summary>Messages that came since the last <see cref="Room.MarkReadAsync"/>, as of when it was last open.</summary>
    public int Unread { get; init; }

    /// <summary>Whether we were removed from it.</summary>
    public bool IsRemoved { get; init; }

    /// <summary>Whether joining it is not done yet: nobody let us in so far.</summary>
    public bool IsPending { get; init; }
}
