using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>No node of the network knows the peer: it is not listening, or not yet announced.</summary>
public sealed class PeerNotFoundException : NashiException
{
    internal PeerNotFoundException(PublicKey peer)
        : base("PEER_NOT_FOUND", $"No node knows the peer {peer}. Check the key, and that the peer is running and listening; then try again.") => Peer = peer;

    /// <summary>Whom we looked for.</summary>
    public PublicKey Peer { get; }

    /// <inheritdoc />
    public override bool IsTransient => true;
}
