using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>What a server answers a handshake with.</summary>
/// <param name="Noise">The Noise message.</param>
/// <param name="Socket">The socket it has to leave from; null for any.</param>
internal sealed record ServerReply(byte[] Noise, UdxSocket? Socket);
