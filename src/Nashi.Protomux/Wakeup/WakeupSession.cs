using Nashi.Encoding;

namespace Nashi.Protomux.Wakeup;

/// <summary>One user's part in a topic. Thread-safe. Dispose it when done; the topic itself lives on for a little.</summary>
public sealed class WakeupSession : IDisposable
{
    private readonly WakeupTopic _topic;

    internal WakeupSession(WakeupTopic topic, IWakeupHandler handler, bool isActive)
    {
        _topic = topic;
        Handler = handler;
        IsActive = isActive;
    }

    /// <summary>The topic: what the channel is found by.</summary>
    public DiscoveryKey Topic => _topic.Id;

    /// <summary>The peers that proved to know the topic's key.</summary>
    public IReadOnlyList<WakeupPeer> Peers => _topic.ListPeers(onlyProven: true);

    /// <summary>Whether its user works with the topic right now. Peers are told when the first becomes so and when the last ceases.</summary>
    public bool IsActive { get; private set; }

    internal IWakeupHandler Handler { get; }

    /// <summary>The peer on a connection, if it proved to know the topic's key.</summary>
    public WakeupPeer? GetPeer(Mux mux) => _topic.GetPeer(mux) is { IsProven: true } peer ? peer : null;

    /// <summary>Asks all peers, those included that have yet to answer our open.</summary>
    public void BroadcastLookup(Bytes32? known = null)
    {
        foreach (var peer in _topic.ListPeers(onlyProven: false)) peer.Lookup(known);
    }

    /// <summary>Sets <see cref="IsActive"/>.</summary>
    public void SetActive(bool isActive)
    {
        IsActive = isActive;
        _topic.UpdateActivity();
    }

    /// <summary>Leaves the topic. Idempotent.</summary>
    public void Dispose() => _topic.Remove(this);
}
