namespace Nashi.Pairing;

/// <summary>What became of a request.</summary>
/// <param name="Status">Whether it was admitted.</param>
/// <param name="Keys">What came with it; null unless admitted.</param>
public sealed record PairingOutcome(PairingStatus Status, PairedKeys? Keys);
