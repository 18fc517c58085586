using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The value of a PEER_HANDSHAKE: one Noise message on its way between two peers. Source: network.md §3.4.</summary>
/// <param name="Mode">Which leg.</param>
/// <param name="Noise">The Noise message.</param>
/// <param name="PeerAddress">The far end, as the last node saw it.</param>
/// <param name="RelayAddress">The node the answer goes back to, when two relay.</param>
internal sealed record HandshakeMessage(RouteMode Mode, ReadOnlyMemory<byte> Noise, UdpAddress? PeerAddress = null, UdpAddress? RelayAddress = null)
{
    private const ulong HasPeer = 1;
    private const ulong HasRelay = 2;

    /// <summary>Parses a stranger's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static HandshakeMessage? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var mode) || mode > (ulong)RouteMode.Reply) return null;
        if (!reader.TryReadBuffer(out var noise)) return null;
        UdpAddress peer = default, relay = default;
        if ((flags & HasPeer) != 0 && !AddressCodec.TryRead(ref reader, out peer)) return null;
        if ((flags & HasRelay) != 0 && !AddressCodec.TryRead(ref reader, out relay)) return null;
        return new((RouteMode)mode, noise.ToArray(), (flags & HasPeer) != 0 ? peer : null, (flags & HasRelay) != 0 ? relay : null);
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var addresses = (PeerAddress is null ? 0 : AddressCodec.Size) + (RelayAddress is null ? 0 : AddressCodec.Size);
        var bytes = new byte[2 + CompactSize.Buffer(Noise.Length) + addresses];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt((PeerAddress is null ? 0 : HasPeer) | (RelayAddress is null ? 0 : HasRelay));
        writer.WriteUInt((ulong)Mode);
        writer.WriteBuffer(Noise.Span);
        if (PeerAddress is { } peer) AddressCodec.Write(ref writer, peer);
        if (RelayAddress is { } relay) AddressCodec.Write(ref writer, relay);
        return bytes;
    }
}
