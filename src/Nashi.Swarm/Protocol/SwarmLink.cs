namespace Nashi.Swarm.Protocol;

/// <summary>One connection to a peer, or the attempt at one.</summary>
internal sealed class SwarmLink(long id, PeerState peer, bool isInitiator)
{
    /// <summary>Its number.</summary>
    public long Id => id;

    /// <summary>To whom.</summary>
    public PeerState Peer => peer;

    /// <summary>Whether we opened it.</summary>
    public bool IsInitiator => isInitiator;

    /// <summary>Whether it stands.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Whether we are closing it.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The connection that takes its place once it is closed.</summary>
    public SwarmLink? Successor { get; set; }
}
