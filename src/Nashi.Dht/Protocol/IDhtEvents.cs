using Nashi.Dht.Rpc;

namespace Nashi.Dht.Protocol;

/// <summary>What a core tells its shell. Called in the core's lane: must return at once and not call back.</summary>
internal interface IDhtEvents : IDatagramSink
{
    /// <summary>Wall-clock time, which only says whether a topic's bump lies in the future.</summary>
    ulong UnixMilliseconds { get; }

    /// <summary>A message of a peer came in, to be passed on or served.</summary>
    void PeerRequested(InboundRequest request);

    /// <summary>The first look around is over.</summary>
    void Bootstrapped();

    /// <summary>Whether it serves others, or is firewalled, has changed.</summary>
    void StandingChanged();

    /// <summary>Nobody answers any more, or somebody does again.</summary>
    void OnlineChanged()
    {
    }

    /// <summary>The machine slept, or the node was suspended.</summary>
    void Woke()
    {
    }
}
