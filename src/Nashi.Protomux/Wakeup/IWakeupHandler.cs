using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup;

/// <summary>Receives what happens in a topic. Calls for one connection come one at a time; those for several may overlap.</summary>
/// <remarks>Called from the connection's pump: start long work elsewhere. What it throws is logged and harms nothing.</remarks>
public interface IWakeupHandler
{
    /// <summary>A peer proved that it knows the topic's key.</summary>
    void OnPeerAdded(WakeupSession session, WakeupPeer peer)
    {
    }

    /// <summary>A peer left.</summary>
    void OnPeerRemoved(WakeupSession session, WakeupPeer peer)
    {
    }

    /// <summary>A peer began or ceased to work with the topic.</summary>
    void OnPeerActivity(WakeupSession session, WakeupPeer peer, bool isActive)
    {
    }

    /// <summary>A peer asks for the writers we know: answer with <see cref="WakeupPeer.Announce"/>.</summary>
    /// <param name="session">The session.</param>
    /// <param name="peer">Who asks.</param>
    /// <param name="known">What it knows already, as both sides agreed to hash it; null for nothing.</param>
    void OnLookup(WakeupSession session, WakeupPeer peer, Bytes32? known)
    {
    }

    /// <summary>A peer tells which writers it knows. A stranger's claims.</summary>
    void OnAnnounce(WakeupSession session, WakeupPeer peer, IReadOnlyList<WakeupWriter> writers)
    {
    }

    /// <summary>The swarm was disposed with the session still open.</summary>
    void OnClosed(WakeupSession session)
    {
    }
}
