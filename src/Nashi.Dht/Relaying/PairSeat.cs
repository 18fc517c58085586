namespace Nashi.Dht.Relaying;

/// <summary>One side of a pairing.</summary>
/// <param name="Session">Whose.</param>
/// <param name="IsInitiator">In which role.</param>
/// <param name="StreamId">The endpoint's stream.</param>
internal sealed record PairSeat(int Session, bool IsInitiator, uint StreamId);
