using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>How a query ended.</summary>
/// <param name="Closest">The closest nodes that answered, nearest first; at most twenty.</param>
/// <param name="Answers">How many answered in all.</param>
/// <param name="Committed">How many stored what they were asked to.</param>
/// <param name="CommitError">What the last node that refused said; zero when none did.</param>
internal sealed record QueryOutcome(IReadOnlyList<RpcReply> Closest, int Answers, int Committed, ulong CommitError)
{
    /// <summary>More nodes of the neighbourhood, when the closest are suspiciously close: asked and stored at as well. Source: threats.md §3 row 8.</summary>
    public IReadOnlyList<RpcReply> Around { get; init; } = [];

    /// <summary>When it ended.</summary>
    public Instant At { get; init; }

    /// <summary>Where the closest nodes live.</summary>
    public Bytes32[] Ids => [.. Closest.Select(reply => reply.FromId!.Value)];
}
