namespace Nashi.BlindPeer.Server;

/// <summary>Why a client is refused.</summary>
internal enum HostRefusal
{
    /// <summary>It is not.</summary>
    None,

    /// <summary>It is not on the list of those who may.</summary>
    NotAllowed,

    /// <summary>There are as many cores as there may be.</summary>
    Full,

    /// <summary>It asked for as many cores as a stranger may.</summary>
    TooManyCores,

    /// <summary>Others asked for the core too: only trusted clients may delete it.</summary>
    NotOwner,

    /// <summary>The core is not kept here.</summary>
    Unknown,
}
