using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>A real swarm and its node.</summary>
internal sealed class SwarmPairingNetwork(Swarm.Swarm swarm, DhtNode dht, TimeProvider clock, IRandom random) : IPairingNetwork
{
    public TimeProvider Clock => clock;

    public IRandom Random => random;

    public IAsyncDisposable Join(Topic topic, bool server, bool client) => swarm.Join(topic, server, client);

    public async ValueTask StoreAsync(KeyPair owner, ReadOnlyMemory<byte> value, CancellationToken cancellationToken) =>
        await dht.MutablePutAsync(owner, value, sequence: 0, cancellationToken).ConfigureAwait(false);

    public async ValueTask<ReadOnlyMemory<byte>?> FetchAsync(PublicKey owner, CancellationToken cancellationToken) =>
        (await dht.MutableGetAsync(owner, latest: false, cancellationToken: cancellationToken).ConfigureAwait(false))?.Value;

    public ValueTask AnnounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken) => dht.AnnounceAsync(topic, who, [], cancellationToken);

    public ValueTask UnannounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken) => dht.UnannounceAsync(topic, who, cancellationToken);

    public async IAsyncEnumerable<PublicKey> LookupAsync(Topic topic, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var reply in dht.LookupAsync(topic, cancellationToken).ConfigureAwait(false))
        {
            foreach (var peer in reply.Peers) yield return peer.PublicKey;
        }
    }
}
