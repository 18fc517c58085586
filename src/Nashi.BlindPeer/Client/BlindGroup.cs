using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>Cores that belong together and are kept by the same blind peers, for instance those of an autobase: writers, views and our own.</summary>
public sealed record BlindGroup
{
    /// <summary>What decides which blind peers keep it: everybody in the group must name the same. For an autobase its wake-up key.</summary>
    public required CoreKey Target { get; init; }

    /// <summary>The key of the wake-up topic that the cores belong to: blind peers tell its members of news. Default: <see cref="Target"/>.</summary>
    public CoreKey? Referrer { get; init; }

    /// <summary>How much it matters: 0, or 1 (the default here); above for peers that the blind peer trusts.</summary>
    public int Priority { get; init; } = 1;

    /// <summary>Whether the blind peer is to be found under the cores' discovery keys; only for peers that it trusts. Default false.</summary>
    public bool Announce { get; init; }

    /// <summary>The cores as they are now, the most important first. Called again on each connection and after <see cref="BlindRequest.Update"/>; on any thread, must return soon.</summary>
    public required Func<IReadOnlyList<BlindCore>> Cores { get; init; }
}
