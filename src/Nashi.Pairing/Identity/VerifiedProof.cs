using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>What a valid proof proves.</summary>
/// <param name="Identity">Whose identity.</param>
/// <param name="Device">Which device speaks for it; the identity itself when the chain is empty.</param>
/// <param name="Epoch">When the chain began. Keep the latest of an identity, and refuse older ones: they may have been replaced.</param>
public sealed record VerifiedProof(PublicKey Identity, PublicKey Device, DateTimeOffset Epoch);
