using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>Something that happened at a blind relay.</summary>
/// <param name="Kind">What.</param>
/// <param name="Client">Whom it concerns.</param>
/// <param name="Bytes">For the end of a pair: how much it was carried.</param>
public sealed record BlindRelayEvent(BlindRelayEventKind Kind, PublicKey Client, long Bytes);
