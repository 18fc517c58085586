namespace Nashi.Chat;

/// <summary>Why an op was not applied. The same on every device.</summary>
public enum Refusal
{
    /// <summary>It was applied.</summary>
    None,

    /// <summary>Its bytes are no op, or too long.</summary>
    Malformed,

    /// <summary>It is not what its author sealed, or was sealed for another room or by another writer.</summary>
    Forged,

    /// <summary>It is sealed under a key the room does not know.</summary>
    UnknownKey,

    /// <summary>It was made by a newer version, and may be passed over.</summary>
    FutureVersion,

    /// <summary>Its kind is not known, and may be passed over.</summary>
    UnknownKind,

    /// <summary>Its author is no member, or was removed.</summary>
    NotAMember,

    /// <summary>Its author may not do this.</summary>
    NotAllowed,

    /// <summary>Its author is muted.</summary>
    Muted,

    /// <summary>Its author wrote more than one may in that time.</summary>
    TooMany,

    /// <summary>Its clock runs backwards, or a place it names does not exist yet.</summary>
    OutOfOrder,

    /// <summary>What it changes is not there, or is not its author's.</summary>
    WrongTarget,

    /// <summary>The invitation is not known, revoked, or its maker was removed.</summary>
    InviteUnknown,

    /// <summary>The invitation was used as often as it may be.</summary>
    InviteUsed,

    /// <summary>The invitation's time was over.</summary>
    InviteExpired,

    /// <summary>The proof of identity is wrong.</summary>
    BadProof,

    /// <summary>It is there or was done already.</summary>
    Duplicate,

    /// <summary>The room is full, or has as many of these as it may have.</summary>
    Full,
}
