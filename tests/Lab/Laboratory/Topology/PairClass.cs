namespace Nashi.Laboratory.Topology;

/// <summary>What theory says of a pair of sites, and so what may be asked of it.</summary>
internal sealed record PairClass(string Name, bool IsPossible)
{
    public static readonly PairClass Consistent = new("both consistent", true);
    public static readonly PairClass RandomOpen = new("random with open", true);
    public static readonly PairClass OneRandom = new("one random", true);
    public static readonly PairClass BothRandom = new("both random", false);
    public static readonly PairClass WithoutUdp = new("without UDP", false);

    public static readonly IReadOnlyList<PairClass> All = [Consistent, RandomOpen, OneRandom, BothRandom, WithoutUdp];

    public static PairClass Of(SiteKind server, SiteKind client) =>
        !server.HasUdp || !client.HasUdp ? WithoutUdp
        : server.IsRandom && client.IsRandom ? BothRandom
        : !server.IsRandom && !client.IsRandom ? Consistent
        : server.Outer.Behaviour == Behaviour.Open || client.Outer.Behaviour == Behaviour.Open ? RandomOpen
        : OneRandom;
}
