using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>The DHT as a swarm sees it.</summary>
internal sealed class DhtSwarmNetwork(DhtNode node, SwarmOptions options) : ISwarmNetwork
{
    /// <inheritdoc />
    public TimeProvider Clock => options.Clock;

    /// <inheritdoc />
    public IRandom Random => options.Random;

    /// <summary>Wraps a connection.</summary>
    public static SwarmTransport ToTransport(DhtConnection connection) =>
        new(connection.Stream, connection.RemoteAddress, connection.Kind, () => HasBeenUsed(connection));

    /// <inheritdoc />
    public async Task<SwarmTransport> ConnectAsync(PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken)
    {
        var how = new DhtConnectOptions { KeyPair = keyPair, KnownRelays = relays };
        return ToTransport(await node.ConnectAsync(peer, how, cancellationToken).ConfigureAwait(false));
    }

    /// <inheritdoc />
    public ISwarmServer CreateServer(Func<PublicKey, bool> refuses) =>
        new DhtSwarmServer(node.CreateServer(new DhtServerOptions { Firewall = (key, _) => refuses(key) }));

    /// <inheritdoc />
    public async IAsyncEnumerable<FoundPeer> LookupAsync(Topic topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var reply in node.LookupAsync(topic, cancellationToken).ConfigureAwait(false))
        {
            foreach (var peer in reply.Peers) yield return new FoundPeer(peer.PublicKey, peer.RelayAddresses);
        }
    }

    /// <inheritdoc />
    public Task AnnounceAsync(Topic topic, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken) =>
        node.AnnounceAsync(topic, keyPair, relays, cancellationToken).AsTask();

    /// <inheritdoc />
    public IDisposable? JoinLan(Topic topic, KeyPair keyPair, bool server, bool client, Action<FoundPeer> found) =>
        node.Lan is { } lan ? new LanMembership(lan, topic, keyPair.PublicKey, server, client, found) : null;

    /// <inheritdoc />
    public Task UnannounceAsync(Topic topic, KeyPair keyPair, CancellationToken cancellationToken) =>
        node.UnannounceAsync(topic, keyPair, cancellationToken).AsTask();

    private static bool HasBeenUsed(DhtConnection connection)
    {
        var stats = connection.Raw.GetStats();
        return stats.BytesReceived > 0 && stats.BytesSent > 0;
    }
}
