using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>What pairing needs of a swarm and a DHT.</summary>
internal interface IPairingNetwork
{
    TimeProvider Clock { get; }

    IRandom Random { get; }

    /// <summary>Is found under a topic, finds others under it, or both, until disposed.</summary>
    IAsyncDisposable Join(Topic topic, bool server, bool client);

    /// <summary>Stores a value under its owner's key.</summary>
    ValueTask StoreAsync(KeyPair owner, ReadOnlyMemory<byte> value, CancellationToken cancellationToken);

    /// <summary>The value stored under a key; null when there is none.</summary>
    ValueTask<ReadOnlyMemory<byte>?> FetchAsync(PublicKey owner, CancellationToken cancellationToken);

    ValueTask AnnounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken);

    ValueTask UnannounceAsync(Topic topic, KeyPair who, CancellationToken cancellationToken);

    /// <summary>Who announced themselves under a topic; the same may come several times.</summary>
    IAsyncEnumerable<PublicKey> LookupAsync(Topic topic, CancellationToken cancellationToken);
}
