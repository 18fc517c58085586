using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>Connects to a relay.</summary>
internal delegate Task<DhtConnection> RelayDialer(PublicKey relay, CancellationToken cancellationToken);
