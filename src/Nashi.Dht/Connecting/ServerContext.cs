using Nashi.Cryptography;
using Nashi.Dht.Relaying;

namespace Nashi.Dht.Connecting;

/// <summary>What one handshake needs of its server.</summary>
/// <param name="Node">The node.</param>
/// <param name="KeyPair">Who the server is.</param>
/// <param name="Options">How it meets clients.</param>
/// <param name="Announcer">Through whom it is reached.</param>
/// <param name="Dial">Connects to a relay.</param>
/// <param name="Connected">Takes each new connection.</param>
/// <param name="Ended">Called once when a handshake, by its number, has nothing left to do but to answer repeats.</param>
internal sealed record ServerContext(
    IConnectNode Node, KeyPair KeyPair, DhtServerOptions Options, IServerAnnouncer Announcer, RelayDialer Dial, Action<DhtConnection> Connected, Action<int> Ended);
