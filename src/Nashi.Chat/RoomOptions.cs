namespace Nashi.Chat;

/// <summary>How a room is made.</summary>
public sealed record RoomOptions
{
    /// <summary>The usual way.</summary>
    public static RoomOptions Default { get; } = new();

    /// <summary>How many ops a device may write in a minute; others are refused by everybody. Default 600; 0 for any number.</summary>
    public int OpsPerMinute { get; init; } = 600;

    /// <summary>How many ops above that a device may write at once. Default 2 000.</summary>
    public int Burst { get; init; } = 2_000;
}
