namespace Nashi.Chat;

/// <summary>How a room is doing on this device.</summary>
public enum RoomStatus
{
    /// <summary>Fetching what we have not seen; not yet a member by our own log.</summary>
    Syncing,

    /// <summary>Everything works.</summary>
    Ready,

    /// <summary>Another member must be met first: they have a key we were given but have not seen.</summary>
    WaitingForKey,

    /// <summary>We were removed; what was here stays readable.</summary>
    Removed,

    /// <summary>A newer version of the program is needed.</summary>
    UpdateNeeded,

    /// <summary>Something broke; see the log.</summary>
    Failed,
}
