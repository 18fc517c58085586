namespace Nashi.Dht.Connecting;

/// <summary>How a server can be asked to punch.</summary>
/// <param name="Id">The server's number for this handshake.</param>
/// <param name="Relays">Through whom.</param>
internal sealed record HolepunchOffer(ulong Id, IReadOnlyList<RelayRoute> Relays);
