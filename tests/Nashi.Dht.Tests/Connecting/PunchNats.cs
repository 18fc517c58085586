using Nashi.Datagrams;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>The routers of the laboratory, by the same names: open, fw, fullcone, addr, port, linux, sym, and two of them in a row as home/carrier.</summary>
internal static class PunchNats
{
    public static readonly string[] Kinds = ["open", "fw", "fullcone", "addr", "port", "linux", "sym", "linux/port", "linux/sym"];

    public static bool IsRandom(string kind) => kind.EndsWith("sym", StringComparison.Ordinal);

    /// <summary>The router next to the host.</summary>
    public static VirtualNat Make(string kind, VirtualNetwork network, UdpAddress address, IRandom random)
    {
        var layers = kind.Split('/');
        if (layers.Length == 1) return Layer(kind, network, address, random, null);
        return Layer(layers[0], network, UdpAddress.FromIPv4(0x6440000a, 0), random, Layer(layers[1], network, address, random, null));
    }

    public static VirtualNat Layer(string kind, VirtualNetwork network, UdpAddress address, IRandom random, VirtualNat? carrier)
    {
        var words = kind.Split('+');
        return new VirtualNat(network, address, random, carrier)
        {
            Translates = words[0] is not ("open" or "fw"),
            MapsPerDestination = words[0] == "sym",
            PreservesPorts = words[0] == "linux",
            FiltersHosts = words[0] == "addr",
            FiltersPorts = words[0] is "fw" or "port" or "linux" or "sym",
            Hairpins = words.Contains("hairpin"),
        };
    }
}
