using Nashi.Laboratory.Links;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Checks;

/// <summary>Proves that the laboratory does what it says before anybody believes what it measures.</summary>
internal static class SelfCheck
{
    /// <summary>The kinds of the matrix and those of the tests behind one NAT.</summary>
    public static readonly IReadOnlyList<SiteKind> Kinds =
    [
        .. SiteKind.Matrix,
        .. new[] { "fullcone+hairpin", "port+hairpin", "linux+hairpin", "linux/fullcone", "fullcone/fullcone", "sym/port" }.Select(SiteKind.Parse),
    ];

    /// <summary>Each check with its name and null, or what was wrong.</summary>
    public static IEnumerable<(string Name, string? Wrong)> Run(IEnumerable<SiteKind>? kinds = null)
    {
        using var internet = new Internet(dhtHosts: 2);
        foreach (var check in CheckKinds(internet, kinds ?? Kinds)) yield return check;
        yield return CheckRebinding(internet);
        yield return CheckFarness(internet);
        foreach (var (kind, reach) in ((string, bool)[])[("linux", true), ("linux+isolate", false), ("fw", true), ("linux/port", true), ("linux/port+isolate", false)])
        {
            yield return CheckNeighbours(internet, SiteKind.Parse(kind), reach);
        }

        foreach (var check in CheckLink(internet)) yield return check;
    }

    // Probing is mostly waiting for packets that do not come.
    private static ParallelQuery<(string Name, string? Wrong)> CheckKinds(Internet internet, IEnumerable<SiteKind> kinds) =>
        kinds.AsParallel().AsOrdered().WithDegreeOfParallelism(8).WithMergeOptions(ParallelMergeOptions.NotBuffered).Select(kind => CheckKind(internet, kind));

    private static (string Name, string? Wrong) CheckKind(Internet internet, SiteKind kind)
    {
        using var site = internet.AddSite(new SitePlan(kind, LinkModel.Clean, Seed: 1, Hosts: 2));
        var (wanted, measured) = (NatProfile.Of(kind), NatProbe.Measure(internet, site));
        return ($"{kind.Name,-18} {Describe(measured)}", wanted == measured ? null : $"should be {Describe(wanted)}");
    }

    private static string Describe(NatProfile profile) => profile.Mapping == Dependence.Blocked
        ? "no UDP"
        : $"mapping by {profile.Mapping,-14} filtering by {profile.Filtering,-14} {(profile.KeepsPort ? "port kept" : "port moved")}{(profile.Hairpins ? ", hairpin" : "")}";

    private static (string Name, string? Wrong) CheckRebinding(Internet internet)
    {
        foreach (var kind in (string[])["port", "linux", "fullcone", "sym"])
        {
            using var site = internet.AddSite(new SitePlan(SiteKind.Parse(kind), LinkModel.Clean, Seed: 3));
            using var outside = new ProbeSocket(internet.Dht, internet.DhtAddresses[0], 7000);
            using var inside = new ProbeSocket(site.Hosts[0]);
            inside.Send("before", outside.Local);
            var before = outside.Receive("before", mustCome: true)!;
            site.Rebind();
            outside.Send("late", before);
            if (inside.Receive("late") is not null) return ("rebinding", $"{kind}: the old mapping still lets packets in");
            inside.Send("after", outside.Local);
            var after = outside.Receive("after", mustCome: true);
            if (after is null) return ("rebinding", $"{kind}: nothing leaves any more");
            if (kind != "linux" && after.Equals(before)) return ("rebinding", $"{kind}: the mapping is the old one");
        }

        return ("rebinding forgets every mapping", null);
    }

    private static (string Name, string? Wrong) CheckFarness(Internet internet)
    {
        using var site = internet.AddSite(new SitePlan(SiteKind.Parse("linux"), LinkModel.Clean, Seed: 4));
        using var outside = new ProbeSocket(internet.Dht, internet.DhtAddresses[0], 7000);
        using var inside = new ProbeSocket(site.Hosts[0]);
        inside.Ttl = 5;
        inside.Send("short", outside.Local);
        var arrived = outside.Receive("short") is not null;
        inside.Ttl = 64;
        inside.Send("long", outside.Local);
        return ("a packet with TTL 5 dies on the way, one with 64 does not", arrived ? "TTL 5 arrived" : outside.Receive("long", mustCome: true) is null ? "TTL 64 did not arrive" : null);
    }

    // Two hosts of one LAN, or the routers of two homes on a carrier's network.
    private static (string Name, string? Wrong) CheckNeighbours(Internet internet, SiteKind kind, bool reach)
    {
        using var site = internet.AddSite(new SitePlan(kind, LinkModel.Clean, Seed: 5, Hosts: kind.Home is null ? 2 : 1, Homes: 2));
        var (a, b) = kind.Home is null
            ? (site.Hosts[0], site.Hosts[1])
            : (new Host(site.Routers[1].Space, System.Net.IPAddress.Parse("100.64.0.10")), new Host(site.Routers[2].Space, System.Net.IPAddress.Parse("100.64.0.11")));
        using var sender = new ProbeSocket(a);
        using var receiver = new ProbeSocket(b);
        // A home's router lets in what it has written to.
        receiver.Send("open", sender.Local);
        sender.Send("hello", receiver.Local);
        var arrived = receiver.Receive("hello", mustCome: reach) is not null;
        return ($"{kind.Name}: neighbours {(arrived ? "reach" : "do not reach")} each other", arrived == reach ? null : "should be the other way round");
    }

    private static IEnumerable<(string Name, string? Wrong)> CheckLink(Internet internet)
    {
        using var site = internet.AddSite(new SitePlan(SiteKind.Parse("open"), LinkModel.Clean, Seed: 6));
        using var outside = new ProbeSocket(internet.Dht, internet.DhtAddresses[0], 7000);
        using var inside = new ProbeSocket(site.Hosts[0]);
        site.Uplink.Set(LinkModel.Delayed(50));
        // The quickest of some: this machine may have other things to do.
        var took = Enumerable.Range(0, 5).Min(number =>
        {
            var began = TimeProvider.System.GetTimestamp();
            inside.Send($"slow{number}", outside.Local);
            return outside.Receive($"slow{number}", mustCome: true) is null ? double.PositiveInfinity : TimeProvider.System.GetElapsedTime(began).TotalMilliseconds;
        });
        yield return ("a link of 50 ms delays by 50 ms", took is >= 50 and < 80 ? null : $"took {took:0.0} ms");

        site.Uplink.Set(new LinkModel { Mtu = 1000 });
        inside.Send(new string('x', 1100), outside.Local);
        inside.Send("small", outside.Local);
        var big = outside.Receive(new string('x', 1100)) is not null;
        yield return ("a link of MTU 1000 swallows 1100 bytes", big ? "they arrived" : null);

        site.Uplink.Set(new LinkModel { IsDown = true });
        inside.Send("dark", outside.Local);
        yield return ("nothing passes a black-out", outside.Receive("dark") is null ? null : "it passed");

        site.Uplink.Set(new LinkModel { Loss = 0.3 });
        var before = (site.Uplink.Out.Counts.Packets, site.Uplink.Out.Counts.Dropped);
        for (var packet = 0; packet < 2000; packet++) inside.Send("many", outside.Local);
        // The lane works through what waits in its own time; nothing of it may see the clean link.
        _ = SpinWait.SpinUntil(() => site.Uplink.Out.Counts.Packets + site.Uplink.Out.Counts.Dropped - before.Packets - before.Dropped >= 2000, TimeSpan.FromSeconds(10));
        site.Uplink.Set(LinkModel.Clean);
        inside.Send("last", outside.Local);
        _ = outside.Receive("last", mustCome: true);
        var (passed, dropped) = (site.Uplink.Out.Counts.Packets - before.Packets, site.Uplink.Out.Counts.Dropped - before.Dropped);
        var lost = dropped / (double)Math.Max(1, passed + dropped);
        yield return ("a link of 30 % loss loses 30 %", lost is > 0.25 and < 0.35 ? null : $"lost {lost:P1} of {passed + dropped}");
    }
}
