using System.Net;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;

namespace Nashi.Laboratory.Topology;

/// <summary>
/// The middle of a laboratory: a router that all sites hang on, and public hosts. Its addresses look public, since peers refuse reserved ones, and lead
/// nowhere: nothing connects a laboratory to the machine's own network.
/// </summary>
internal sealed class Internet : IDisposable
{
    /// <summary>A packet has come this far when it arrives here; real paths are as long, and the protocol's probes with a small TTL must die on them.</summary>
    private const int Hops = 8;

    /// <summary>Of the addresses that sites are given.</summary>
    private const int Networks = 250 * 250;

    private readonly string _name = Naming.Next();
    private readonly NetSpace _core;
    private readonly List<NetSpace> _spaces = [];
    private int _sites;

    public Internet(int dhtHosts = 12)
    {
        _core = NetSpace.Create($"{_name}-core", forwards: true);
        _core.Nft($"table ip far {{\n chain away {{ type filter hook forward priority 0; ip ttl < {Hops} drop\n }}\n}}");
        DhtAddresses = [.. Enumerable.Range(10, dhtHosts).Select(last => IPAddress.Parse($"20.255.0.{last}"))];
        Dht = AddPublic("dht", DhtAddresses);
        Relay = AddPublic("relay", [IPAddress.Parse("20.255.1.10")]);
    }

    /// <summary>One namespace with an address for every node of the DHT.</summary>
    public Host Dht { get; }

    public IReadOnlyList<IPAddress> DhtAddresses { get; }

    public Host Relay { get; }

    public Site AddSite(SitePlan plan)
    {
        // Never the same twice: a device lives on while a child of this process, forked for a moment, still holds its file.
        var number = 1 + (Interlocked.Increment(ref _sites) - 1) % Networks;
        return new Site($"{_name}-{number}", number, _core, plan);
    }

    public void Dispose()
    {
        foreach (var space in _spaces) space.Dispose();
        _core.Dispose();
    }

    private Host AddPublic(string name, IReadOnlyList<IPAddress> addresses)
    {
        var space = NetSpace.Create($"{_name}-{name}");
        _spaces.Add(space);
        var gateway = string.Join('.', addresses[0].ToString().Split('.')[..3]) + ".1";
        _core.Ip($"link add name {name} type veth peer name eth0 netns {space.Name}", $"link set {name} up", $"addr add {gateway}/24 dev {name}");
        space.Ip(["link set eth0 up", .. addresses.Select(address => $"addr add {address}/24 dev eth0"), $"route add default via {gateway}"]);
        return new Host(space, addresses[0]);
    }
}
