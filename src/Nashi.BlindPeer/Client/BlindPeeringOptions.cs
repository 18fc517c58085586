using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux.Wakeup;

namespace Nashi.BlindPeer;

/// <summary>Which blind peers are asked, and how.</summary>
public sealed record BlindPeeringOptions
{
    /// <summary>The blind peers to choose from, by key; the same for everybody who shares something. Default none.</summary>
    public IReadOnlyList<PublicKey> Peers { get; init; } = [];

    /// <summary>How many of them keep each core or group. Default 2.</summary>
    public int Pick { get; init; } = 2;

    /// <summary>After how many failed connections another blind peer stands in for one. Default 3.</summary>
    public int FailuresBeforeStandIn { get; init; } = 3;

    /// <summary>Who we are to them; by default the node's own key pair. Borrowed. A blind peer lets who asked for a core delete it: keep it for that.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Blind relays for blind peers that cannot be reached otherwise. Default none.</summary>
    public IReadOnlyList<PublicKey> RelayThrough { get; init; } = [];

    /// <summary>Where blind peers tell of news: the connections are added to it. Default none.</summary>
    public WakeupSwarm? Wakeup { get; init; }

    /// <summary>The most cores of one group that are named at once; more follow after <see cref="BatchInterval"/>. Default 64.</summary>
    public int MaxBatch { get; init; } = 64;

    /// <summary>How long a new batch of a group waits for more. Default 2 s.</summary>
    public TimeSpan BatchInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long a connection that nobody needs any more is kept. Default 10 s.</summary>
    public TimeSpan IdleTime { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where jitter comes from. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it logs to. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
