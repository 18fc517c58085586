using System.Buffers.Binary;

namespace Nashi.Udx.Protocol;

/// <summary>The 20 bytes before every payload, all numbers little-endian. Spec: network.md §1.1.</summary>
/// <param name="Types">What the packet carries.</param>
/// <param name="DataOffset">Bytes between header and payload: padding, or selective acknowledgements.</param>
/// <param name="StreamId">The receiver's id of the stream.</param>
/// <param name="Window">Bytes the sender of this packet is ready to receive.</param>
/// <param name="Sequence">Counts packets with data or end.</param>
/// <param name="Ack">The next packet that the sender of this one expects.</param>
internal readonly record struct PacketHeader(PacketTypes Types, byte DataOffset, uint StreamId, uint Window, uint Sequence, uint Ack)
{
    public const int Size = 20;

    private const byte Magic = 0xff;
    private const byte Version = 1;

    /// <summary>Whether the packet carries any of these.</summary>
    public bool Has(PacketTypes types) => Types.Has(types);

    /// <summary>Whether bytes look like a packet of ours at all, and for which stream.</summary>
    public static bool TryReadStreamId(ReadOnlySpan<byte> datagram, out uint streamId)
    {
        streamId = 0;
        if (datagram.Length < Size || datagram[0] != Magic || datagram[1] != Version) return false;
        streamId = BinaryPrimitives.ReadUInt32LittleEndian(datagram[4..]);
        return true;
    }

    public static bool TryRead(ReadOnlySpan<byte> datagram, out PacketHeader header)
    {
        header = default;
        if (!TryReadStreamId(datagram, out var id)) return false;
        header = new(
            (PacketTypes)datagram[2],
            datagram[3],
            id,
            BinaryPrimitives.ReadUInt32LittleEndian(datagram[8..]),
            BinaryPrimitives.ReadUInt32LittleEndian(datagram[12..]),
            BinaryPrimitives.ReadUInt32LittleEndian(datagram[16..]));
        return true;
    }

    public void Write(Span<byte> destination)
    {
        destination[0] = Magic;
        destination[1] = Version;
        destination[2] = (byte)Types;
        destination[3] = DataOffset;
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], StreamId);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[8..], Window);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[12..], Sequence);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[16..], Ack);
    }

    /// <summary>Puts another stream's id in place: all that a relay changes.</summary>
    public static void RewriteStreamId(Span<byte> datagram, uint streamId) => BinaryPrimitives.WriteUInt32LittleEndian(datagram[4..], streamId);
}
