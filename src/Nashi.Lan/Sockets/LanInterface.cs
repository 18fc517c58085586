using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Nashi.Lan.Sockets;

/// <summary>A network interface that may carry multicast DNS, as it is at one moment.</summary>
internal sealed record LanInterface
{
    private LanInterface(int index, string name, IReadOnlyList<(IPAddress Address, int Prefix)> networks) => (Index, Name, Networks) = (index, name, networks);

    /// <summary>The system's number for it.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>Our addresses on it and their networks' prefix lengths.</summary>
    public IReadOnlyList<(IPAddress Address, int Prefix)> Networks { get; }

    /// <summary>Our addresses on it.</summary>
    public IReadOnlyList<IPAddress> Addresses => [.. Networks.Select(network => network.Address)];

    /// <summary>Lists what there is now.</summary>
    public static IReadOnlyList<LanInterface> List(bool loopbackOnly, int max)
    {
        try
        {
            return [.. NetworkInterface.GetAllNetworkInterfaces().Where(card => IsUsable(card, loopbackOnly)).Select(card => From(card, loopbackOnly)).OfType<LanInterface>().Take(max)];
        }
        catch (Exception error) when (error is NetworkInformationException or IOException or UnauthorizedAccessException)
        {
            // Interfaces that change while they are listed: the next look will tell.
            return [];
        }
    }

    /// <summary>Whether an address belongs to a host on this interface's own link: RFC 6762 §11.</summary>
    public bool IsNeighbour(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv6LinkLocal) return true;
        return Networks.Any(network => Contains(network.Address, network.Prefix, address));
    }

    /// <summary>Whether nothing has changed.</summary>
    public bool IsSameAs(LanInterface other) => Index == other.Index && Networks.SequenceEqual(other.Networks);

    private static bool IsUsable(NetworkInterface card, bool loopbackOnly)
    {
        if (card.NetworkInterfaceType == NetworkInterfaceType.Loopback) return loopbackOnly;
        // A virtual private network is not a neighbourhood: who is on it is not ours to tell.
        return !loopbackOnly && card.OperationalStatus == OperationalStatus.Up && card.SupportsMulticast
            && card.NetworkInterfaceType is not (NetworkInterfaceType.Tunnel or NetworkInterfaceType.Ppp);
    }

    private static LanInterface? From(NetworkInterface card, bool loopbackOnly)
    {
        var properties = card.GetIPProperties();
        (IPAddress, int)[] networks = [.. properties.UnicastAddresses
            .Where(address => !loopbackOnly || address.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(address => (address.Address, address.PrefixLength))];
        return networks.Length == 0 || IndexOf(properties) is not { } index ? null : new LanInterface(index, card.Name, networks);
    }

    private static int? IndexOf(IPInterfaceProperties properties)
    {
        try
        {
            return properties.GetIPv4Properties()?.Index ?? properties.GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            return IndexOfIPv6(properties);
        }
    }

    private static int? IndexOfIPv6(IPInterfaceProperties properties)
    {
        try
        {
            return properties.GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            return null;
        }
    }

    private static bool Contains(IPAddress own, int prefix, IPAddress other)
    {
        if (own.AddressFamily != other.AddressFamily) return false;
        Span<byte> a = stackalloc byte[16];
        Span<byte> b = stackalloc byte[16];
        if (!own.TryWriteBytes(a, out var length) || !other.TryWriteBytes(b, out _)) return false;
        for (var i = 0; i < length && prefix > 0; i++, prefix -= 8)
        {
            var mask = prefix >= 8 ? 0xff : 0xff << (8 - prefix);
            if (((a[i] ^ b[i]) & mask & 0xff) != 0) return false;
        }

        return true;
    }
}
