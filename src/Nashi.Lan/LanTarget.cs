using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Lan;

/// <summary>What is offered or looked for: a topic or a peer. Never leaves the machine as it is, only as a salted hash.</summary>
/// <remarks>Thread-safe: immutable.</remarks>
public readonly record struct LanTarget
{
    private LanTarget(bool isPeer, Bytes32 value) => (IsPeer, Value) = (isPeer, value);

    /// <summary>Whether it is a peer; otherwise a topic.</summary>
    public bool IsPeer { get; }

    /// <summary>The topic, or the hash of the peer's public key that the DHT knows it by.</summary>
    public Bytes32 Value { get; }

    /// <summary>A topic.</summary>
    public static LanTarget Of(Topic topic) => new(false, topic.Value);

    /// <summary>A peer, by its public key.</summary>
    public static LanTarget Of(PublicKey peer) => new(true, Blake2b.Hash(peer.Value.AsSpan()));

    /// <summary>A peer, by the hash of its public key.</summary>
    public static LanTarget OfPeerHash(Bytes32 hash) => new(true, hash);
}
