using System.Buffers.Binary;

namespace Nashi.Datagrams.Linux;

/// <summary>The kernel's <c>sockaddr_in</c> and <c>sockaddr_in6</c>.</summary>
internal static class SocketAddressCodec
{
    /// <summary>Room for either.</summary>
    public const int Size = 28;

    private const int SizeIPv4 = 16;

    public static int Write(UdpAddress address, Span<byte> destination)
    {
        destination[..Size].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)address.Port);
        if (address.IsIPv4)
        {
            BinaryPrimitives.WriteUInt16LittleEndian(destination, Libc.AfInet);
            _ = address.WriteBytes(destination[4..]);
            return SizeIPv4;
        }

        BinaryPrimitives.WriteUInt16LittleEndian(destination, Libc.AfInet6);
        _ = address.WriteBytes(destination[8..]);
        return Size;
    }

    public static UdpAddress Read(ReadOnlySpan<byte> source)
    {
        var port = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        return BinaryPrimitives.ReadUInt16LittleEndian(source) == Libc.AfInet
            ? UdpAddress.FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(source[4..]), port)
            : UdpAddress.FromBytes(source.Slice(8, 16), port);
    }
}
