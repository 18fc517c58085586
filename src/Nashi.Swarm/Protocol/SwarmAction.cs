using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Swarm.Protocol;

/// <summary>What the swarm's core wants done.</summary>
internal abstract record SwarmAction
{
    private SwarmAction()
    {
    }

    /// <summary>Connect to a peer, and report under this number how it went.</summary>
    internal sealed record Dial(long Id, PublicKey Peer, IReadOnlyList<UdpAddress> Relays) : SwarmAction;

    /// <summary>Hand this connection to the application.</summary>
    internal sealed record Deliver(long Id, IReadOnlyList<Topic> Topics) : SwarmAction;

    /// <summary>Close this connection, or give up the attempt: there is another one to the same peer, or no room.</summary>
    internal sealed record Close(long Id, SwarmRefusal Why) : SwarmAction;

    /// <summary>Find out whether this connection is alive.</summary>
    internal sealed record Probe(long Id) : SwarmAction;

    /// <summary>Everything this flush waited for was tried.</summary>
    internal sealed record Flushed(long Flush) : SwarmAction;
}
