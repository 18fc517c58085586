namespace Nashi.Swarm.Protocol;

/// <content>Suspended and resumed, and after a change of the network.</content>
internal sealed partial class SwarmCore
{
    private bool _isSuspended;

    /// <summary>Connects to nobody and takes nobody until <see cref="Resume"/>. Whoever is to be connected stays in the queue.</summary>
    public void Suspend()
    {
        _isSuspended = true;
        Work();
    }

    /// <summary>Goes on, with a clean slate for everybody.</summary>
    public void Resume()
    {
        _isSuspended = false;
        Kick();
    }

    /// <summary>The network is another one, or back: whoever is wanted and not connected is tried at once.</summary>
    public void Kick()
    {
        if (_isClosed) return;
        foreach (var peer in _peers.Values)
        {
            if (_links.ContainsKey(peer.Key) || !peer.Reconnects || !IsWanted(peer)) continue;
            peer.Forgive();
            peer.RetryAt = Instant.Never;
            Enqueue(peer);
        }

        Work();
    }
}
