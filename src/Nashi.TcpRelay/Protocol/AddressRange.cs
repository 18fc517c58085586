using System.Buffers.Binary;
using Nashi.Datagrams;

namespace Nashi.TcpRelay.Protocol;

/// <summary>Which addresses belong to the open internet.</summary>
internal static class AddressRange
{
    // (network, prefix length); sources: the IANA registries of special-purpose addresses.
    private static readonly (uint Network, int Bits)[] NearbyIPv4 =
        [(0x0a000000, 8), (0x64400000, 10), (0x7f000000, 8), (0xa9fe0000, 16), (0xac100000, 12), (0xc0a80000, 16)];

    private static readonly (uint Network, int Bits)[] NobodyIPv4 = [(0, 8), (0xc0000000, 24), (0xc6120000, 15), (0xe0000000, 3)];

    /// <summary>Whether it is a private network's, a link's or this host's.</summary>
    public static bool IsNearby(UdpAddress address)
    {
        if (address.IsIPv4) return IsIn(address.IPv4, NearbyIPv4);
        var high = High(address);
        return high == 0 || high >> 57 == 0xfc >> 1 || high >> 54 == 0xfe80 >> 6;
    }

    /// <summary>Whether it is a single host's on the open internet.</summary>
    public static bool IsGlobal(UdpAddress address) =>
        address.IsIPv4 ? !IsIn(address.IPv4, NearbyIPv4) && !IsIn(address.IPv4, NobodyIPv4) : IsIPv6Global(High(address));

    // 2000::/3 without 6to4 and Teredo, which carry an IPv4 address past the checks.
    private static bool IsIPv6Global(ulong high) => high >> 61 == 1 && high >> 48 != 0x2002 && high >> 32 != 0x20010000;

    private static ulong High(UdpAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.WriteBytes(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes);
    }

    private static bool IsIn(uint ip, (uint Network, int Bits)[] ranges)
    {
        foreach (var (network, bits) in ranges)
        {
            if ((ip ^ network) >> (32 - bits) == 0) return true;
        }

        return false;
    }
}
