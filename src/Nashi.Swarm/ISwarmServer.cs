using Nashi.Cryptography;
using Nashi.Datagrams;

namespace Nashi.Swarm;

/// <summary>Where peers connect to us.</summary>
internal interface ISwarmServer : IAsyncDisposable
{
    /// <summary>Nodes that relay for us.</summary>
    IReadOnlyList<UdpAddress> RelayAddresses { get; }

    /// <summary>Starts to answer; returns once we can be found.</summary>
    Task ListenAsync(KeyPair keyPair, CancellationToken cancellationToken);

    /// <summary>Each new connection, until disposed.</summary>
    IAsyncEnumerable<SwarmTransport> AcceptAsync(CancellationToken cancellationToken);
}
