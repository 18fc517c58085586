namespace Nashi.Chat;

/// <summary>What a member may do.</summary>
[Flags]
public enum Capabilities
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Read.</summary>
    Read = 1 << 0,

    /// <summary>Write messages, edit and delete one's own.</summary>
    Post = 1 << 1,

    /// <summary>Send files.</summary>
    Media = 1 << 2,

    /// <summary>Write links.</summary>
    Links = 1 << 3,

    /// <summary>React.</summary>
    React = 1 << 4,

    /// <summary>Call.</summary>
    Call = 1 << 5,

    /// <summary>Pin messages.</summary>
    Pin = 1 << 6,

    /// <summary>Make invitations.</summary>
    Invite = 1 << 7,

    /// <summary>Delete others' messages.</summary>
    DeleteAny = 1 << 8,

    /// <summary>Mute members.</summary>
    Mute = 1 << 9,

    /// <summary>Remove members.</summary>
    Remove = 1 << 10,

    /// <summary>Change the room's key.</summary>
    Rotate = 1 << 11,

    /// <summary>Change members' roles.</summary>
    Roles = 1 << 12,

    /// <summary>Change the room's name and limits, and use ops that older versions do not know.</summary>
    Settings = 1 << 13,

    /// <summary>Have one's devices make the order final.</summary>
    Index = 1 << 14,
}
