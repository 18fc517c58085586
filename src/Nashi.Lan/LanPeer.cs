using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Lan;

/// <summary>Somebody on the local network who says to be what was looked for. A claim: the handshake at the address proves it or does not.</summary>
/// <param name="PublicKey">Who, when a topic was looked for; null when the peer itself was.</param>
/// <param name="Address">Where its DHT node listens: the address its message came from.</param>
public readonly record struct LanPeer(PublicKey? PublicKey, UdpAddress Address);
