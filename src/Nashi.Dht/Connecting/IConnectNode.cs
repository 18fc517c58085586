using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>What connecting needs of a DHT node: the seam between the two, so that each can be tested without the other.</summary>
internal interface IConnectNode
{
    /// <summary>The clock of all timers.</summary>
    TimeProvider Clock { get; }

    /// <summary>Keys, nonces and stream ids come from here.</summary>
    IRandom Random { get; }

    /// <summary>Who we are to others unless told otherwise: to relays, for instance.</summary>
    KeyPair DefaultKeyPair { get; }

    /// <summary>The streams.</summary>
    UdxHost Udx { get; }

    /// <summary>Where requests leave from.</summary>
    UdxSocket DefaultSocket { get; }

    /// <summary>Where others reach us.</summary>
    UdxSocket ServerSocket { get; }

    /// <summary>Whether not everybody can reach us.</summary>
    bool IsFirewalled { get; }

    /// <summary>How much it may punch.</summary>
    PunchLimits Punches { get; }

    /// <summary>Where everybody can reach us; null when firewalled or unknown.</summary>
    UdpAddress? PublicAddress { get; }

    /// <summary>Our interfaces, with the port of <see cref="ServerSocket"/>.</summary>
    IReadOnlyList<UdpAddress> LocalAddresses { get; }

    /// <summary>Nodes heard of lately, to ask where they see us.</summary>
    IReadOnlyList<UdpAddress> SomeNodes(int count);

    /// <summary>Sends a request and waits for the answer of the node asked.</summary>
    /// <returns>Null when it did not answer.</returns>
    Task<NodeReply?> RequestAsync(ulong command, Bytes32 target, byte[] value, UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken);

    /// <summary>Pings an address.</summary>
    /// <returns>Null when it did not answer.</returns>
    Task<NodeReply?> PingAsync(UdpAddress to, UdxSocket? socket, int retries, CancellationToken cancellationToken);

    /// <summary>Nodes at which the peer announced itself, as they are found.</summary>
    IAsyncEnumerable<UdpAddress> FindPeerAsync(Bytes32 target, IReadOnlyList<UdpAddress> seeds, CancellationToken cancellationToken);

    /// <summary>The same, and beside it the peer itself if it is on the local network.</summary>
    IAsyncEnumerable<UdpAddress> FindPeerAnywhereAsync(Bytes32 target, IReadOnlyList<UdpAddress> seeds, CancellationToken cancellationToken) =>
        FindPeerAsync(target, seeds, cancellationToken);

    /// <summary>Hands a datagram that came to a punch socket to the node.</summary>
    void HandleDatagram(UdxSocket socket, ReadOnlySpan<byte> bytes, UdpAddress from);

    /// <summary>A connection came about: to be looked after until it closes.</summary>
    void Track(DhtConnection connection)
    {
    }

    /// <summary>
    /// A peer that has a connection with us calls from elsewhere, perhaps because its router forgot the old mapping: lets our own router admit it there, too.
    /// </summary>
    void Admit(PublicKey peer, UdpAddress at)
    {
    }

    /// <summary>Announces a server, and keeps it announced until disposed.</summary>
    Task<IServerAnnouncer> AnnounceServerAsync(KeyPair keyPair, CancellationToken cancellationToken);
}
