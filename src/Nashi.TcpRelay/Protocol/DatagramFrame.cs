using System.Buffers.Binary;
using Nashi.Datagrams;

namespace Nashi.TcpRelay.Protocol;

/// <summary>The body of a datagram: channel (2), family (1: 4 or 6), address (4 or 16), port (2), payload.</summary>
internal readonly ref struct DatagramFrame(ushort channel, UdpAddress address, ReadOnlySpan<byte> payload)
{
    /// <summary>The longest payload. The stack's own datagrams are below 1500.</summary>
    public const int PayloadMax = 4096;

    /// <summary>Bytes before the payload, at most.</summary>
    public const int HeaderMax = 21;

    private const int IPv4 = 4;
    private const int IPv6 = 6;

    /// <summary>Which of the client's ports it leaves from, or came to.</summary>
    public ushort Channel { get; } = channel;

    /// <summary>Where it goes, or came from.</summary>
    public UdpAddress Address { get; } = address;

    /// <summary>The datagram.</summary>
    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Bytes before the payload.</summary>
    public static int HeaderSize(UdpAddress address) => address.IsIPv4 ? 9 : HeaderMax;

    /// <summary>Reads one.</summary>
    public static bool TryRead(ReadOnlySpan<byte> body, out DatagramFrame frame)
    {
        frame = default;
        if (body.Length < 3) return false;
        var addressSize = body[2] switch { IPv4 => 4, IPv6 => 16, _ => 0 };
        var size = 5 + addressSize;
        if (addressSize == 0 || body.Length <= size || body.Length > size + PayloadMax) return false;
        var port = BinaryPrimitives.ReadUInt16BigEndian(body[(3 + addressSize)..]);
        var address = UdpAddress.FromBytes(body.Slice(3, addressSize), port);
        // One address, one form: an IPv4 address inside an IPv6 one would pass by checks on IPv4.
        if (port == 0 || (addressSize == 16 && address.IsIPv4)) return false;
        frame = new DatagramFrame(BinaryPrimitives.ReadUInt16BigEndian(body), address, body[size..]);
        return true;
    }

    /// <summary>Writes the part before the payload.</summary>
    /// <returns>How many bytes that were.</returns>
    public static int WriteHeader(Span<byte> destination, ushort channel, UdpAddress address)
    {
        BinaryPrimitives.WriteUInt16BigEndian(destination, channel);
        destination[2] = (byte)(address.IsIPv4 ? IPv4 : IPv6);
        var size = 3 + address.WriteBytes(destination[3..]);
        BinaryPrimitives.WriteUInt16BigEndian(destination[size..], (ushort)address.Port);
        return size + 2;
    }
}
