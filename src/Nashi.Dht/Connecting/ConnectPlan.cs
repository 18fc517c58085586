using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Dht.Connecting;

/// <summary>What a connect starts from.</summary>
internal sealed record ConnectPlan
{
    /// <summary>The handshake as initiator.</summary>
    public required NoiseHandshake Handshake { get; init; }

    /// <summary>What we say of ourselves.</summary>
    public required PeerPayload Ours { get; init; }

    /// <summary>Nodes that are believed to relay for the peer; tried first.</summary>
    public IReadOnlyList<UdpAddress> KnownRelays { get; init; } = [];

    /// <summary>Blind relays that may be named to the peer.</summary>
    public IReadOnlyList<PublicKey> Relays { get; init; } = [];

    /// <summary>By what we and the peer find each other at a relay.</summary>
    public Bytes32 RelayToken { get; init; }

    /// <summary>Our interfaces; empty when they are not to be used.</summary>
    public IReadOnlyList<UdpAddress> LocalAddresses { get; init; } = [];

    /// <summary>Whether the peer may be looked for on our own network.</summary>
    public bool UsesLan { get; init; } = true;
}
