namespace Nashi.Swarm.Protocol;

/// <summary>Why a swarm closes a connection by itself.</summary>
internal enum SwarmRefusal
{
    /// <summary>There is another one to the same peer.</summary>
    Duplicate,

    /// <summary>There is no room.</summary>
    Full,

    /// <summary>The peer is banned, or ourselves.</summary>
    Refused,
}
