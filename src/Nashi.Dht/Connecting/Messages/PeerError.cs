namespace Nashi.Dht.Connecting;

/// <summary>What a peer says went wrong.</summary>
internal enum PeerError
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>It gave up.</summary>
    Aborted = 1,

    /// <summary>It speaks another version.</summary>
    VersionMismatch = 2,

    /// <summary>It is busy with another costly punch.</summary>
    TryLater = 3,
}
