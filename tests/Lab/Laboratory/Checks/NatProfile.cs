using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Checks;

/// <summary>What probes can see of a site.</summary>
internal sealed record NatProfile(Dependence Mapping, Dependence Filtering, bool KeepsPort, bool Hairpins)
{
    /// <summary>What theory says of a kind.</summary>
    public static NatProfile Of(SiteKind kind)
    {
        if (!kind.HasUdp) return new NatProfile(Dependence.Blocked, Dependence.Blocked, false, false);
        var outer = Of(kind.Outer);
        if (kind.Home is null) return outer;
        var home = Of(kind.Home);
        return new NatProfile(
            (Dependence)Math.Max((int)outer.Mapping, (int)home.Mapping), (Dependence)Math.Max((int)outer.Filtering, (int)home.Filtering),
            outer.KeepsPort && home.KeepsPort, outer.Hairpins);
    }

    private static NatProfile Of(RouterKind kind)
    {
        var (mapping, filtering, keeps) = kind.Behaviour switch
        {
            Behaviour.Open => (Dependence.Nothing, Dependence.Nothing, true),
            Behaviour.Firewall => (Dependence.Nothing, Dependence.AddressAndPort, true),
            Behaviour.FullCone => (Dependence.Nothing, Dependence.Nothing, false),
            Behaviour.AddressRestricted => (Dependence.Nothing, Dependence.Address, false),
            Behaviour.PortRestricted => (Dependence.Nothing, Dependence.AddressAndPort, false),
            Behaviour.Linux => (Dependence.Nothing, Dependence.AddressAndPort, true),
            Behaviour.Symmetric => (Dependence.AddressAndPort, Dependence.AddressAndPort, false),
            _ => (Dependence.Blocked, Dependence.Blocked, false),
        };
        return new NatProfile(mapping, filtering, keeps, kind.Hairpins);
    }
}
