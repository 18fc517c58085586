using Nashi.Encoding;

namespace Nashi.Pairing;

/// <summary>One link of a proof: a key says that a device speaks for the same identity.</summary>
/// <param name="Device">The device.</param>
/// <param name="Signature">By the key before it in the chain, or by the identity; 64 bytes.</param>
public sealed record DeviceAttestation(PublicKey Device, ReadOnlyMemory<byte> Signature);
