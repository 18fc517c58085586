using Nashi.Laboratory.Links;
using Nashi.Laboratory.Peers;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Cases;

/// <summary>One attempt to come.</summary>
internal sealed record TrialPlan(string Case, Pairing Pairing, SiteKind Server, SiteKind Client, int Run)
{
    /// <summary>Both behind one site: two hosts of a LAN, or two homes of a carrier.</summary>
    public bool IsOneSite { get; init; }

    public bool IsRelayed { get; init; }

    public LinkModel ServerLink { get; init; } = LinkModel.Delayed(10);

    public LinkModel ClientLink { get; init; } = LinkModel.Delayed(10);

    /// <summary>Between the first echo and the bulk: time to find a better path.</summary>
    public TimeSpan Settle { get; init; }

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    public int Bytes { get; init; } = 256 * 1024;

    public Trial Outcome() => new(this);
}
