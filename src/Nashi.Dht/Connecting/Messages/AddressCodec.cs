using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>IPv4 addresses as the connect messages carry them: four octets, then the port in little-endian order.</summary>
internal static class AddressCodec
{
    /// <summary>Bytes of one address.</summary>
    public const int Size = 6;

    /// <summary>How many addresses of one list are kept; the rest is read and forgotten, so that nobody can make us call on a crowd.</summary>
    public const int MaxKept = 16;

    /// <summary>Reads one address.</summary>
    public static bool TryRead(ref CompactReader reader, out UdpAddress address)
    {
        address = default;
        if (!reader.TryReadIPv4Address(out var bytes, out var port)) return false;
        address = UdpAddress.FromBytes(bytes, port);
        return true;
    }

    /// <summary>Reads a list, keeping the first <see cref="MaxKept"/>.</summary>
    public static bool TryReadList(ref CompactReader reader, out IReadOnlyList<UdpAddress> addresses)
    {
        addresses = [];
        if (!reader.TryReadArrayLength(Size, out var count)) return false;
        var kept = new UdpAddress[Math.Min(count, MaxKept)];
        for (var i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, out var address)) return false;
            if (i < kept.Length) kept[i] = address;
        }

        addresses = kept;
        return true;
    }

    /// <summary>Writes one address; an IPv6 address cannot be told in this format and is written as the unspecified one.</summary>
    public static void Write(ref CompactWriter writer, UdpAddress address)
    {
        Span<byte> bytes = stackalloc byte[4];
        if (address.IsIPv4) address.WriteBytes(bytes);
        else bytes.Clear();
        writer.WriteFixed(bytes);
        writer.WriteUInt16((ushort)address.Port);
    }

    /// <summary>Writes a list.</summary>
    public static void WriteList(ref CompactWriter writer, IReadOnlyList<UdpAddress> addresses)
    {
        writer.WriteUInt((ulong)addresses.Count);
        foreach (var address in addresses) Write(ref writer, address);
    }

    /// <summary>Bytes of a list.</summary>
    public static int ListSize(IReadOnlyList<UdpAddress> addresses) => CompactSize.UInt((ulong)addresses.Count) + (Size * addresses.Count);
}
