namespace Nashi.Chat;

/// <summary>What a member is.</summary>
public enum RoomRole
{
    /// <summary>May read only.</summary>
    Reader,

    /// <summary>A program: posts and reacts.</summary>
    Bot,

    /// <summary>May take part and invite.</summary>
    Member,

    /// <summary>May also remove, mute, delete and change the room.</summary>
    Admin,

    /// <summary>May do everything, also make admins.</summary>
    Owner,
}
