using System.Runtime.CompilerServices;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.Swarm;

/// <summary>A DHT server as a swarm sees it.</summary>
internal sealed class DhtSwarmServer(DhtServer server) : ISwarmServer
{
    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> RelayAddresses => server.RelayAddresses;

    /// <inheritdoc />
    public Task ListenAsync(KeyPair keyPair, CancellationToken cancellationToken) => server.ListenAsync(keyPair, cancellationToken).AsTask();

    /// <inheritdoc />
    public async IAsyncEnumerable<SwarmTransport> AcceptAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var connection in server.Connections.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            yield return DhtSwarmNetwork.ToTransport(connection);
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync() => server.DisposeAsync();
}
