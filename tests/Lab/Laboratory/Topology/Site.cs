using System.Net;
using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Links;

namespace Nashi.Laboratory.Topology;

/// <summary>One or more hosts behind their routers, on an uplink of their own.</summary>
internal sealed class Site : IDisposable
{
    private readonly List<NetSpace> _spaces = [];

    /// <param name="name">A prefix of namespaces.</param>
    /// <param name="number">Of this site in the laboratory; its addresses follow from it.</param>
    /// <param name="core">The internet.</param>
    /// <param name="plan">What to build.</param>
    public Site(string name, int number, NetSpace core, SitePlan plan)
    {
        Kind = plan.Kind;
        var network = $"20.{1 + number / 250}.{number % 250}";
        Outside = IPAddress.Parse($"{network}.2");
        try
        {
            var top = Make($"{name}-r", forwards: true);
            Uplink = Link.Between(top, "wan", core, $"s{number}", plan.Link, plan.Seed);
            core.Ip(Link.Up($"s{number}", $"{network}.1/25"));
            top.Ip([.. Link.Up("wan", $"{network}.2/25"), $"route add default via {network}.1", "link add name lan type bridge", "link set lan up"]);
            var outer = new Router(top, Kind.Outer, Outside, (uint)plan.Seed * 7919);
            outer.Start();
            Routers.Add(outer);
            if (Kind.Home is not null) BuildHomes(name, top, plan);
            else if (Kind.Outer.Translates) BuildLan(name, top, "192.168.1", 1, 24, plan.Hosts, Kind.Outer.Isolates);
            else
            {
                core.Ip($"route add {network}.128/25 via {network}.2");
                BuildLan(name, top, network, 129, 25, plan.Hosts, Kind.Outer.Isolates);
                Outside = Hosts[0].Address;
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public SiteKind Kind { get; }

    /// <summary>The address that the internet sees.</summary>
    public IPAddress Outside { get; }

    public Link Uplink { get; } = null!;

    /// <summary>The outermost first.</summary>
    public List<Router> Routers { get; } = [];

    public List<Host> Hosts { get; } = [];

    public void Rebind()
    {
        foreach (var router in Routers) router.Rebind();
    }

    public long HairpinBytes() => Routers.Sum(router => router.HairpinBytes());

    public void Dispose()
    {
        Uplink?.Dispose();
        foreach (var space in _spaces) space.Dispose();
        _spaces.Clear();
    }

    private NetSpace Make(string name, bool forwards = false)
    {
        var space = NetSpace.Create(name, forwards);
        _spaces.Add(space);
        return space;
    }

    // The carrier's network is one switch; every home is a router on it with a LAN behind, and all those LANs have the same addresses.
    private void BuildHomes(string name, NetSpace carrier, SitePlan plan)
    {
        carrier.Ip("addr add 100.64.0.1/24 dev lan");
        for (var home = 0; home < plan.Homes; home++)
        {
            var space = Make($"{name}-r{home}", forwards: true);
            var outside = IPAddress.Parse($"100.64.0.{10 + home}");
            Plug(carrier, $"c{home}", space, "wan", Kind.Outer.Isolates);
            space.Ip(
                "link set wan up", $"addr add {outside}/24 dev wan", "route add default via 100.64.0.1", "link add name lan type bridge", "link set lan up");
            var router = new Router(space, Kind.Home!, outside, (uint)plan.Seed * 7919 + 17 + (uint)home);
            router.Start();
            Routers.Add(router);
            BuildLan($"{name}-{home}", space, "192.168.1", 1, 24, plan.Hosts, Kind.Home!.Isolates, first: 100 + 20 * home);
        }
    }

    private void BuildLan(string name, NetSpace router, string network, int gateway, int prefix, int hosts, bool isolates, int? first = null)
    {
        router.Ip($"addr add {network}.{gateway}/{prefix} dev lan");
        for (var number = 0; number < hosts; number++)
        {
            var space = Make($"{name}-h{number}");
            var address = IPAddress.Parse($"{network}.{(first ?? gateway + 1) + number}");
            Plug(router, $"h{number}", space, "eth0", isolates);
            space.Ip("link set eth0 up", $"addr add {address}/{prefix} dev eth0", $"route add default via {network}.{gateway}");
            Hosts.Add(new Host(space, address));
        }
    }

    private static void Plug(NetSpace router, string port, NetSpace guest, string device, bool isolates)
    {
        router.Ip($"link add name {port} type veth peer name {device} netns {guest.Name}", $"link set {port} master lan", $"link set {port} up");
        if (isolates) router.Command("bridge", "link", "set", "dev", port, "isolated", "on");
    }
}
