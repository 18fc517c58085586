using Nashi.Encoding;
using Nashi.Lan;

namespace Nashi.Swarm;

/// <summary>A swarm's part in a topic on the local network.</summary>
internal sealed class LanMembership : IDisposable
{
    private readonly IDisposable? _offer;
    private readonly IDisposable? _watch;

    public LanMembership(LanDiscovery lan, Topic topic, PublicKey self, bool server, bool client, Action<FoundPeer> found)
    {
        if (server) _offer = lan.Offer(topic, self);
        if (client) _watch = lan.Watch(LanTarget.Of(topic), peer => Take(peer, self, found));
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _offer?.Dispose();
        _watch?.Dispose();
    }

    // Who is there proves its key itself: no relay is needed.
    private static void Take(LanPeer peer, PublicKey self, Action<FoundPeer> found)
    {
        if (peer.PublicKey is { } key && key != self && peer.Address.IsIPv4) found(new FoundPeer(key, [peer.Address]));
    }
}
