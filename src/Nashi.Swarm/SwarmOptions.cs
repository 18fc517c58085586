using Nashi.Cryptography;
using Nashi.Encoding;

namespace Nashi.Swarm;

/// <summary>Who a swarm is and how much it takes on.</summary>
public sealed record SwarmOptions
{
    /// <summary>Everything by default.</summary>
    public static SwarmOptions Default { get; } = new();

    /// <summary>Who we are to peers; by default the node's own key pair. Borrowed, not disposed.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>How many connections to hold, roughly; peers joined by key come on top. Default 64.</summary>
    public int MaxPeers { get; init; } = 64;

    /// <summary>How many of them we open. Default: no limit of its own.</summary>
    public int MaxClientConnections { get; init; } = int.MaxValue;

    /// <summary>How many of them others open. Default 1024.</summary>
    public int MaxServerConnections { get; init; } = 1024;

    /// <summary>How many are opened at once. Default 3.</summary>
    public int MaxParallel { get; init; } = 3;

    /// <summary>How many connections may wait in <see cref="Swarm.Connections"/>; more are closed. Default 1024.</summary>
    public int MaxWaitingConnections { get; init; } = 1024;

    /// <summary>Asked before a peer is connected or answered; true refuses it, silently. Called on any thread; must return soon and not throw.</summary>
    public Func<PublicKey, bool>? Firewall { get; init; }

    /// <summary>
    /// Blind relays, by key, for peers that cannot be reached otherwise: used once a hole punch failed for good, or when our own router gives every
    /// destination another port. Default: none.
    /// </summary>
    public IReadOnlyList<PublicKey> RelayThrough { get; init; } = [];

    /// <summary>How often the topics are looked up anew; up to a fifth is added at random. Default 10 minutes.</summary>
    public TimeSpan RefreshInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The clock of all timers. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where jitter comes from. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;
}
