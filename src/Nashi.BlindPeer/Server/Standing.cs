namespace Nashi.BlindPeer.Server;

/// <summary>What a client may do.</summary>
internal enum Standing
{
    /// <summary>Nothing: there is a list of those who may, without it.</summary>
    Refused,

    /// <summary>Asks for cores within a stranger's limits.</summary>
    Stranger,

    /// <summary>Asks for cores without limits of its own.</summary>
    Allowed,

    /// <summary>Also sets the highest priority, has cores announced, and deletes any.</summary>
    Trusted,
}
