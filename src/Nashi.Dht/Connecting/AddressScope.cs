using Nashi.Datagrams;

namespace Nashi.Dht.Connecting;

/// <summary>Which IPv4 addresses mean something only nearby, or nothing at all. Source: network.md §10.</summary>
internal static class AddressScope
{
    /// <summary>Whether the address belongs to a private network, this host or a link.</summary>
    public static bool IsPrivate(UdpAddress address)
    {
        var ip = address.IPv4;
        return Within(ip, 0x0a000000, 8) || Within(ip, 0x64400000, 10) || Within(ip, 0x7f000000, 8) || Within(ip, 0xa9fe0000, 16)
            || Within(ip, 0xac100000, 12) || Within(ip, 0xc0a80000, 16);
    }

    /// <summary>Whether no peer can live at the address: documentation, benchmarks, multicast, broadcast.</summary>
    public static bool IsReserved(UdpAddress address)
    {
        var ip = address.IPv4;
        return Within(ip, 0, 8) || Within(ip, 0xc0000000, 24) || Within(ip, 0xc0000200, 24) || Within(ip, 0xc6120000, 15)
            || Within(ip, 0xc6336400, 24) || Within(ip, 0xcb007100, 24) || ip >= 0xe0000000;
    }

    /// <summary>Whether the address is of no use on the open internet.</summary>
    public static bool IsBogon(UdpAddress address) => IsPrivate(address) || IsReserved(address);

    /// <summary>
    /// Whether somebody at <paramref name="source"/> may have us send a datagram to <paramref name="target"/>: never to a port or address nobody
    /// lives at, and into private networks only at the wish of a neighbour.
    /// </summary>
    public static bool MayForward(UdpAddress source, UdpAddress target) =>
        target.Port != 0 && target.IsIPv4 && !IsReserved(target) && (!IsPrivate(target) || IsPrivate(source));

    /// <summary>Whether two addresses are on the same host, or the same network behind one translator, whatever the port.</summary>
    public static bool SameHost(UdpAddress a, UdpAddress b) => a.WithPort(0) == b.WithPort(0);

    /// <summary>The remote address that shares the most leading octets with one of ours; null when none shares any.</summary>
    public static UdpAddress? BestMatch(IReadOnlyList<UdpAddress> ours, IReadOnlyList<UdpAddress> theirs)
    {
        UdpAddress? best = null;
        var bestShared = 0;
        foreach (var mine in ours)
        {
            foreach (var other in theirs)
            {
                var shared = SharedOctets(mine.IPv4, other.IPv4);
                if (shared <= bestShared) continue;
                (best, bestShared) = (other, shared);
            }
        }

        return best;
    }

    private static int SharedOctets(uint a, uint b) => Math.Min(3, System.Numerics.BitOperations.LeadingZeroCount(a ^ b) / 8);

    private static bool Within(uint ip, uint network, int bits) => (ip ^ network) >> (32 - bits) == 0;
}
