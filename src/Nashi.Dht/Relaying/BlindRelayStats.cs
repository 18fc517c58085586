namespace Nashi.Dht.Relaying;

/// <summary>What a blind relay does and did.</summary>
/// <param name="Sessions">Clients that are connected.</param>
/// <param name="SessionsTotal">Clients that ever connected.</param>
/// <param name="Waiting">Pairings that wait for the second side.</param>
/// <param name="Active">Pairs that are carried.</param>
/// <param name="Requested">Requests to pair so far.</param>
/// <param name="Matched">Pairs that came about.</param>
/// <param name="Cancelled">Pairings that their clients took back, or that ended with them.</param>
/// <param name="Expired">Pairings whose second side did not come.</param>
/// <param name="Refused">Pairings that were refused for a limit.</param>
/// <param name="Bytes">Bytes carried, both directions.</param>
/// <param name="Packets">Packets carried.</param>
/// <param name="Dropped">Packets dropped because a rate was exceeded.</param>
/// <param name="Malformed">Messages that made no sense.</param>
public sealed record BlindRelayStats(
    int Sessions, long SessionsTotal, int Waiting, int Active, long Requested, long Matched, long Cancelled, long Expired, long Refused, long Bytes, long Packets,
    long Dropped, long Malformed);
