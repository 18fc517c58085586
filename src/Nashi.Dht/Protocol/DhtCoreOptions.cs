using Nashi.Datagrams;
using Nashi.Dht.Records;

namespace Nashi.Dht.Protocol;

/// <summary>What a node's core is told at birth.</summary>
internal sealed record DhtCoreOptions
{
    /// <summary>The name of the socket a firewalled node asks from.</summary>
    public required object ClientSocket { get; init; }

    /// <summary>The name of the socket others are to reach it on.</summary>
    public required object ServerSocket { get; init; }

    /// <summary>Where the server socket is bound; what a node without bootstrap nodes is known as.</summary>
    public required UdpAddress ServerAddress { get; init; }

    /// <summary>Where to start; empty for the first node of a network.</summary>
    public IReadOnlyList<UdpAddress> Bootstrap { get; init; } = [];

    /// <summary>Whether without any node to start from it is the first of its network. False when such nodes may become known later.</summary>
    public bool MayBeFirst { get; init; } = true;

    /// <summary>Whether it never serves others; null to serve once it has proven stable and reachable.</summary>
    public bool? IsEphemeral { get; init; }

    /// <summary>Whether it is to be believed firewalled until a test says otherwise.</summary>
    public bool IsFirewalled { get; init; } = true;

    /// <summary>Requests on their way within 750 ms.</summary>
    public int MaxWindow { get; init; } = 80;

    /// <summary>How much it stores for others.</summary>
    public RecordLimits Records { get; init; } = RecordLimits.Default;
}
