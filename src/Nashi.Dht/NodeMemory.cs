using Nashi.Datagrams;
using Nashi.TcpRelay;

namespace Nashi.Dht;

/// <summary>What a node remembers of a network.</summary>
/// <param name="Nodes">Nodes of the DHT, the most reliable first; at most <see cref="MaxNodes"/>.</param>
/// <param name="Peers">Peers that were connected, and through whom, the latest last; at most <see cref="MaxPeers"/>.</param>
public sealed record NodeMemory(IReadOnlyList<UdpAddress> Nodes, IReadOnlyList<DhtPeer> Peers)
{
    /// <summary>How many nodes are kept.</summary>
    public const int MaxNodes = 256;

    /// <summary>How many peers are kept.</summary>
    public const int MaxPeers = 512;

    /// <summary>How many TCP relays are kept.</summary>
    public const int MaxTcpRelays = 8;

    /// <summary>TCP relays that were of use, the latest first, with the secrets of private ones; at most <see cref="MaxTcpRelays"/>.</summary>
    public IReadOnlyList<TcpRelayLink> TcpRelays { get; init; } = [];

    /// <summary>Nothing.</summary>
    public static NodeMemory Empty { get; } = new([], []);
}
