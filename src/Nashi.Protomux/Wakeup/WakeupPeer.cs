using Nashi.Encoding;
using Nashi.Protomux.Wakeup.Protocol;

namespace Nashi.Protomux.Wakeup;

/// <summary>A topic on one connection. Thread-safe.</summary>
public sealed class WakeupPeer
{
    private readonly WakeupTopic _topic;
    private volatile bool _isProven;
    private volatile bool _isActive;

    internal WakeupPeer(WakeupTopic topic, Mux mux)
    {
        _topic = topic;
        Mux = mux;
    }

    /// <summary>The connection.</summary>
    public Mux Mux { get; }

    /// <summary>Who it is.</summary>
    public PublicKey RemotePublicKey => Mux.Stream.RemotePublicKey;

    /// <summary>Whether it works with the topic right now.</summary>
    public bool IsActive => _isActive;

    /// <summary>Whether it left.</summary>
    public bool IsRemoved => Channel.IsClosed;

    /// <summary>Anything that the application wants to keep with it.</summary>
    public object? Tag { get; set; }

    /// <summary>Whether it proved that it knows the topic's key; before that it is not told of and may not be announced to.</summary>
    internal bool IsProven => _isProven;

    // Set once, under the topic's lock, before anything can happen on it.
    internal Channel Channel { get; set; } = null!;

    /// <summary>Asks for the writers it knows.</summary>
    /// <param name="known">What is known already, as both sides agreed to hash it; null for nothing.</param>
    public void Lookup(Bytes32? known = null) => _ = Channel.Send(WakeupLookup.Type, new WakeupLookup(known).Encode());

    /// <summary>Tells which writers we know.</summary>
    /// <exception cref="ArgumentException">More than 262,144 writers.</exception>
    public void Announce(params ReadOnlySpan<WakeupWriter> writers)
    {
        if (writers.Length > WakeupAnnounce.MaxWriters) throw new ArgumentException($"At most {WakeupAnnounce.MaxWriters} writers can be announced at once.", nameof(writers));
        // Whoever has yet to prove that it knows the topic's key is told nothing.
        if (IsProven) _ = Channel.Send(WakeupAnnounce.Type, WakeupAnnounce.Encode(writers));
    }

    internal void HandleProven(bool isActive)
    {
        _isActive = isActive;
        _isProven = true;
    }

    internal bool TrySetActive(bool isActive)
    {
        if (_isActive == isActive) return false;
        _isActive = isActive;
        return true;
    }

    internal sealed class Events(WakeupPeer peer) : IChannelHandler
    {
        public void OnOpen(Channel channel, ReadOnlySpan<byte> handshake)
        {
            var stream = channel.Mux.Stream;
            var expected = WakeupHandshake.CapabilityOf(!stream.IsInitiator, peer._topic.Key, stream.HandshakeHash.Span);
            if (WakeupHandshake.TryDecode(handshake, out var theirs) && theirs.Capability == expected) peer._topic.HandleProven(peer, theirs.IsActive);
            else peer._topic.Expel(peer, "the capability is wrong");
        }

        public ValueTask OnMessageAsync(Channel channel, int type, ReadOnlyMemory<byte> payload)
        {
            // What is left of a frame may still come after we closed.
            if (peer.IsProven && !channel.IsClosed && !TryHandle(type, payload.Span)) peer._topic.Expel(peer, "a message is none");
            return default;
        }

        public void OnDrain(Channel channel)
        {
            // Messages are few and small.
        }

        public void OnClose(Channel channel, bool isRemote) => peer._topic.HandleClose(peer);

        private bool TryHandle(int type, ReadOnlySpan<byte> payload)
        {
            switch (type)
            {
                case WakeupLookup.Type:
                    if (!WakeupLookup.TryDecode(payload, out var lookup)) return false;
                    peer._topic.Tell((handler, session) => handler.OnLookup(session, peer, lookup.Hash));
                    return true;
                case WakeupAnnounce.Type:
                    if (!WakeupAnnounce.TryDecode(payload, out var writers)) return false;
                    peer._topic.Tell((handler, session) => handler.OnAnnounce(session, peer, writers));
                    return true;
                case WakeupInfo.Type:
                    if (!WakeupInfo.TryDecode(payload, out var info)) return false;
                    peer._topic.HandleInfo(peer, info.IsActive);
                    return true;
                default:
                    return true;
            }
        }
    }
}
