using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.SecretStream;

namespace Nashi.Swarm;

/// <summary>A connection as the network hands it to the swarm.</summary>
/// <param name="Stream">The encrypted stream.</param>
/// <param name="RemoteAddress">Where the remote is.</param>
/// <param name="Kind">How the two reach each other.</param>
/// <param name="HasBeenUsed">Whether bytes have gone both ways.</param>
/// <param name="Info">How it fares; null when nobody can tell.</param>
internal sealed record SwarmTransport(IMessageStream Stream, UdpAddress RemoteAddress, ConnectionKind Kind, Func<bool> HasBeenUsed, Func<ConnectionInfo>? Info = null);
