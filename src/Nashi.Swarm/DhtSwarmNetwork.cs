using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>The DHT as a swarm sees it.</summary>
internal sealed class DhtSwarmNetwork(DhtNode node, SwarmOptions options) : ISwarmNetwork
{
    private const int MaxRelayed = 4096;

    private readonly ConcurrentDictionary<PublicKey, byte> _needRelay = new();
    private Action? _changed;

    /// <inheritdoc />
    public event Action? Changed
    {
        add
        {
            if (_changed is null) node.NetworkChanged += Raise;
            _changed += value;
        }

        remove
        {
            _changed -= value;
            if (_changed is null) node.NetworkChanged -= Raise;
        }
    }

    /// <inheritdoc />
    public TimeProvider Clock => options.Clock;

    /// <inheritdoc />
    public IRandom Random => options.Random;

    /// <summary>Wraps a connection.</summary>
    public static SwarmTransport ToTransport(DhtConnection connection) =>
        new(connection.Stream, connection.RemoteAddress, connection.Kind, () => HasBeenUsed(connection), connection.GetInfo);

    /// <inheritdoc />
    public async Task<SwarmTransport> ConnectAsync(PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken)
    {
        var how = new DhtConnectOptions { KeyPair = keyPair, KnownRelays = relays, RelayThrough = _needRelay.ContainsKey(peer) ? options.RelayThrough : OwnNeed() };
        try
        {
            return ToTransport(await node.ConnectAsync(peer, how, cancellationToken).ConfigureAwait(false));
        }
        catch (HolepunchFailedException) when (options.RelayThrough.Count > 0 && _needRelay.Count < MaxRelayed)
        {
            _needRelay[peer] = 0;
            throw;
        }
    }

    /// <inheritdoc />
    public Task SuspendAsync(CancellationToken cancellationToken) => node.SuspendAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public Task ResumeAsync(CancellationToken cancellationToken) => node.ResumeAsync(cancellationToken).AsTask();

    /// <inheritdoc />
    public ISwarmServer CreateServer(Func<PublicKey, bool> refuses) =>
        new DhtSwarmServer(node.CreateServer(new DhtServerOptions { Firewall = (key, _) => refuses(key), ChooseRelays = OwnNeed }));

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

    // Port zero: every destination sees another one, and a punch is a gamble.
    private IReadOnlyList<PublicKey> OwnNeed() => options.RelayThrough.Count > 0 && node.RemoteAddress is { Port: 0 } ? options.RelayThrough : [];

    private void Raise(DhtNode changed)
    {
        // Other routers: what needed a relay may not any more.
        _needRelay.Clear();
        _changed?.Invoke();
    }

    private static bool HasBeenUsed(DhtConnection connection)
    {
        var stats = connection.Raw.GetStats();
        return stats.BytesReceived > 0 && stats.BytesSent > 0;
    }
}
