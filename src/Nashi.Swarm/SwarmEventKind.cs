namespace Nashi.Swarm;

/// <summary>What happened in a swarm.</summary>
public enum SwarmEventKind
{
    /// <summary>A peer was found under a topic; one may be found several times.</summary>
    Found,

    /// <summary>A connection to a peer is being opened.</summary>
    Connecting,

    /// <summary>A connection stands, whoever opened it.</summary>
    Connected,

    /// <summary>A connection could not be opened.</summary>
    Failed,

    /// <summary>A connection closed.</summary>
    Closed,

    /// <summary>A peer was banned.</summary>
    Banned,

    /// <summary>The swarm was suspended.</summary>
    Suspended,

    /// <summary>The swarm goes on.</summary>
    Resumed,

    /// <summary>The network changed, or is back: everything is tried anew.</summary>
    NetworkChanged,
}
