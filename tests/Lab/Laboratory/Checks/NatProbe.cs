using Nashi.Laboratory.Kernel;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Checks;

/// <summary>Finds out by packets what a site's routers do (the tests of RFC 5780).</summary>
internal static class NatProbe
{
    public static NatProfile Measure(Internet internet, Site site)
    {
        using var first = new ProbeSocket(internet.Dht, internet.DhtAddresses[0], 0);
        using var otherPort = new ProbeSocket(internet.Dht, internet.DhtAddresses[0], 0);
        using var otherAddress = new ProbeSocket(internet.Dht, internet.DhtAddresses[1], 0);
        using var inside = new ProbeSocket(site.Hosts[0]);
        var seen = new[] { first, otherPort, otherAddress }.Select(outside =>
        {
            inside.Send("where", outside.Local);
            return outside.Receive("where", mustCome: site.Kind.HasUdp);
        }).ToArray();
        if (seen.Contains(null)) return new NatProfile(Dependence.Blocked, Dependence.Blocked, false, false);
        var mapping = seen.Distinct().Count() == 1 ? Dependence.Nothing : seen[0]!.Equals(seen[1]) ? Dependence.Address : Dependence.AddressAndPort;
        return new NatProfile(mapping, Filtering(site, first, otherPort, otherAddress), seen[0]!.Port == inside.Local.Port, Hairpins(site, first));
    }

    // The socket has written to the first only; who else is let in?
    private static Dependence Filtering(Site site, ProbeSocket first, ProbeSocket otherPort, ProbeSocket otherAddress)
    {
        using var inside = new ProbeSocket(site.Hosts[0]);
        inside.Send("hello", first.Local);
        var outside = first.Receive("hello", mustCome: true) ?? throw new LabException($"{site.Kind}: a packet to the outside was lost");
        otherAddress.Send("stranger", outside);
        if (inside.Receive("stranger") is not null) return Dependence.Nothing;
        otherPort.Send("neighbour", outside);
        if (inside.Receive("neighbour") is not null) return Dependence.Address;
        first.Send("answer", outside);
        return inside.Receive("answer", mustCome: true) is not null ? Dependence.AddressAndPort : Dependence.Blocked;
    }

    private static bool Hairpins(Site site, ProbeSocket first)
    {
        if (!site.Kind.Outer.Translates) return false;
        using var target = new ProbeSocket(site.Hosts[0]);
        using var sender = new ProbeSocket(site.Hosts[^1]);
        target.Send("target", first.Local);
        sender.Send("sender", first.Local);
        var (targetOutside, senderOutside) = (first.Receive("target", mustCome: true), first.Receive("sender", mustCome: true));
        if (targetOutside is null || senderOutside is null) return false;
        sender.Send("around", targetOutside);
        if (target.Receive("around") is not { } from) return false;
        if (!from.Address.Equals(site.Outside)) throw new LabException($"{site.Kind}: a looped packet shows {from}, not the outside");
        return true;
    }
}
