using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>What a swarm needs of the network: the seam that lets its tests run without one.</summary>
internal interface ISwarmNetwork
{
    /// <summary>The clock of all timers.</summary>
    TimeProvider Clock { get; }

    /// <summary>Where jitter comes from.</summary>
    IRandom Random { get; }

    /// <summary>Raised, on any thread, when what failed before may work now.</summary>
    event Action? Changed
    {
        add
        {
        }

        remove
        {
        }
    }

    /// <summary>Frees the sockets until <see cref="ResumeAsync"/>.</summary>
    Task SuspendAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Opens them again.</summary>
    Task ResumeAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Connects to a peer.</summary>
    /// <exception cref="NashiException">It did not work.</exception>
    Task<SwarmTransport> ConnectAsync(PublicKey peer, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken);

    /// <summary>Makes a server; <paramref name="refuses"/> is asked before a peer is answered.</summary>
    ISwarmServer CreateServer(Func<PublicKey, bool> refuses);

    /// <summary>Peers of a topic, as they are found; one may come several times.</summary>
    IAsyncEnumerable<FoundPeer> LookupAsync(Topic topic, CancellationToken cancellationToken);

    /// <summary>Announces us under a topic.</summary>
    Task AnnounceAsync(Topic topic, KeyPair keyPair, IReadOnlyList<UdpAddress> relays, CancellationToken cancellationToken);

    /// <summary>Offers a topic on the local network, looks for it there, or both, until disposed.</summary>
    /// <returns>Null when the local network is not used.</returns>
    IDisposable? JoinLan(Topic topic, KeyPair keyPair, bool server, bool client, Action<FoundPeer> found) => null;

    /// <summary>Withdraws that.</summary>
    Task UnannounceAsync(Topic topic, KeyPair keyPair, CancellationToken cancellationToken);
}
