using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Topology;

/// <summary>What stands between a host and the internet: one router, or a home's router behind a carrier's, written <c>home/carrier</c>.</summary>
internal sealed record SiteKind(string Name, RouterKind? Home, RouterKind Outer)
{
    /// <summary>The ten kinds of the matrix. The two random ones among themselves and the one without UDP cannot connect directly: 77 pairs can.</summary>
    public static readonly IReadOnlyList<SiteKind> Matrix =
        [.. new[] { "open", "fw", "fullcone", "addr", "port", "linux", "sym", "linux/port", "linux/sym", "noudp" }.Select(Parse)];

    public bool IsRandom => Outer.IsRandom || Home is { IsRandom: true };

    public bool HasUdp => Outer.Behaviour != Behaviour.NoUdp && Home?.Behaviour != Behaviour.NoUdp;

    public static SiteKind Parse(string name)
    {
        var layers = name.Split('/');
        if (layers.Length > 2) throw new LabException($"{name}: a host is behind one router or two");
        var outer = RouterKind.Parse(layers[^1]);
        if (layers.Length == 2 && !outer.Translates) throw new LabException($"{name}: only a NAT carries homes");
        return new SiteKind(name, layers.Length == 2 ? RouterKind.Parse(layers[0]) : null, outer);
    }

    public override string ToString() => Name;
}
