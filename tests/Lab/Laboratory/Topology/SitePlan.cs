using Nashi.Laboratory.Links;

namespace Nashi.Laboratory.Topology;

/// <summary>What a site is to be: its kind, how many hosts on each LAN, how many homes behind a carrier's router, and its uplink.</summary>
internal sealed record SitePlan(SiteKind Kind, LinkModel Link, ulong Seed, int Hosts = 1, int Homes = 1);
