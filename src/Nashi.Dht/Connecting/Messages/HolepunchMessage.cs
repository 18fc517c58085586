using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>The value of a PEER_HOLEPUNCH: one sealed payload on its way between two peers. Source: network.md §3.8.</summary>
/// <param name="Mode">Which leg.</param>
/// <param name="Id">Which of the server's handshakes it belongs to; zero on the way back.</param>
/// <param name="Payload">The sealed <c>PunchPayload</c>.</param>
/// <param name="PeerAddress">The far end, as the last node saw it.</param>
internal sealed record HolepunchMessage(RouteMode Mode, ulong Id, ReadOnlyMemory<byte> Payload, UdpAddress? PeerAddress = null)
{
    /// <summary>Parses a stranger's bytes.</summary>
    /// <returns>Null when malformed.</returns>
    public static HolepunchMessage? TryDecode(ReadOnlySpan<byte> bytes)
    {
        var reader = new CompactReader(bytes);
        if (!reader.TryReadUInt(out var flags) || !reader.TryReadUInt(out var mode) || mode > (ulong)RouteMode.Reply) return null;
        if (!reader.TryReadUInt(out var id) || !reader.TryReadBuffer(out var payload)) return null;
        UdpAddress peer = default;
        var hasPeer = (flags & 1) != 0;
        if (hasPeer && !AddressCodec.TryRead(ref reader, out peer)) return null;
        return new((RouteMode)mode, id, payload.ToArray(), hasPeer ? peer : null);
    }

    /// <summary>The bytes to send.</summary>
    public byte[] Encode()
    {
        var bytes = new byte[2 + CompactSize.UInt(Id) + CompactSize.Buffer(Payload.Length) + (PeerAddress is null ? 0 : AddressCodec.Size)];
        var writer = new CompactWriter(bytes);
        writer.WriteUInt(PeerAddress is null ? 0u : 1u);
        writer.WriteUInt((ulong)Mode);
        writer.WriteUInt(Id);
        writer.WriteBuffer(Payload.Span);
        if (PeerAddress is { } peer) AddressCodec.Write(ref writer, peer);
        return bytes;
    }
}
