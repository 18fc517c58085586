using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>Something that happened in a swarm.</summary>
/// <param name="Kind">What.</param>
public sealed record SwarmEvent(SwarmEventKind Kind)
{
    /// <summary>To whom; null when it is about the swarm itself.</summary>
    public PublicKey? Peer { get; init; }

    /// <summary>Under which topic a peer was found.</summary>
    public Topic? Topic { get; init; }

    /// <summary>The connection that came about or closed.</summary>
    public SwarmConnection? Connection { get; init; }

    /// <summary>The stable code of a failure, such as <c>PEER_NOT_FOUND</c>.</summary>
    public string? Code { get; init; }

    /// <summary>Why it failed or closed, for people.</summary>
    public string? Reason { get; init; }
}
