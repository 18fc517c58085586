using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>A blind relay a peer proposes to meet at.</summary>
/// <param name="PublicKey">The relay.</param>
/// <param name="Token">What pairs the two at the relay.</param>
internal sealed record RelayThrough(PublicKey PublicKey, Bytes32 Token);
