using System.Buffers.Binary;
using System.Globalization;
using System.Net;

namespace Nashi.Datagrams;

/// <summary>Where a datagram goes or comes from: an IPv4 or IPv6 address and a port, by value.</summary>
/// <remarks>IPv4 is kept as an IPv4-mapped IPv6 address, so that one comparison serves both. Thread-safe: immutable; never allocates but in <see cref="ToString"/> and <see cref="ToEndPoint"/>.</remarks>
public readonly record struct UdpAddress
{
    private const ulong MappedPrefix = 0xffff_0000_0000;

    private readonly ulong _high;
    private readonly ulong _low;
    private readonly ushort _port;

    private UdpAddress(ulong high, ulong low, int port)
    {
        if (port is < 0 or > ushort.MaxValue) throw new ArgumentOutOfRangeException(nameof(port), port, "A port is 0 to 65535.");
        (_high, _low, _port) = (high, low, (ushort)port);
    }

    /// <summary>The port, 0 to 65535.</summary>
    public int Port => _port;

    /// <summary>Whether the address is IPv4.</summary>
    public bool IsIPv4 => _high == 0 && _low >> 32 == MappedPrefix >> 32;

    /// <summary>The IPv4 address as a big-endian number (127.0.0.1 is 0x7f000001); zero for IPv6.</summary>
    public uint IPv4 => IsIPv4 ? (uint)_low : 0;

    /// <summary>Makes an IPv4 address from its big-endian number.</summary>
    public static UdpAddress FromIPv4(uint address, int port) => new(0, MappedPrefix | address, port);

    /// <summary>Makes an address from 4 (IPv4) or 16 (IPv6) bytes in network order.</summary>
    /// <exception cref="ArgumentException">Neither 4 nor 16 bytes.</exception>
    public static UdpAddress FromBytes(ReadOnlySpan<byte> address, int port) => address.Length switch
    {
        4 => FromIPv4(BinaryPrimitives.ReadUInt32BigEndian(address), port),
        16 => new(BinaryPrimitives.ReadUInt64BigEndian(address), BinaryPrimitives.ReadUInt64BigEndian(address[8..]), port),
        _ => throw new ArgumentException("An address has 4 or 16 bytes.", nameof(address)),
    };

    /// <summary>Converts an end point.</summary>
    public static UdpAddress From(IPEndPoint endPoint)
    {
        ArgumentNullException.ThrowIfNull(endPoint);
        Span<byte> bytes = stackalloc byte[16];
        endPoint.Address.TryWriteBytes(bytes, out var written);
        return FromBytes(bytes[..written], endPoint.Port);
    }

    /// <summary>Parses <c>1.2.3.4:5678</c> or <c>[::1]:5678</c>.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out UdpAddress address)
    {
        address = default;
        if (!IPEndPoint.TryParse(text, out var endPoint)) return false;
        address = From(endPoint);
        return true;
    }

    /// <summary>The same address with another port.</summary>
    public UdpAddress WithPort(int port) => new(_high, _low, port);

    /// <summary>Writes the address without its port in network order: 4 bytes for IPv4, 16 for IPv6.</summary>
    /// <returns>How many bytes were written.</returns>
    public int WriteBytes(Span<byte> destination)
    {
        if (IsIPv4)
        {
            BinaryPrimitives.WriteUInt32BigEndian(destination, (uint)_low);
            return 4;
        }

        BinaryPrimitives.WriteUInt64BigEndian(destination, _high);
        BinaryPrimitives.WriteUInt64BigEndian(destination[8..], _low);
        return 16;
    }

    /// <summary>The address alone.</summary>
    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        return new IPAddress(bytes[..WriteBytes(bytes)]);
    }

    /// <summary>The address as an end point.</summary>
    public IPEndPoint ToEndPoint() => new(ToIPAddress(), _port);

    /// <summary>Such as <c>1.2.3.4:5678</c> or <c>[::1]:5678</c>.</summary>
    public override string ToString()
    {
        if (!IsIPv4) return ToEndPoint().ToString();
        var ip = (uint)_low;
        return string.Create(CultureInfo.InvariantCulture, $"{ip >> 24}.{(byte)(ip >> 16)}.{(byte)(ip >> 8)}.{(byte)ip}:{_port}");
    }
}
