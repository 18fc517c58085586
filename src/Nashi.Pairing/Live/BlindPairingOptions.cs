using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nashi.Pairing;

/// <summary>How pairing behaves.</summary>
public sealed record BlindPairingOptions
{
    /// <summary>The defaults.</summary>
    public static BlindPairingOptions Default { get; } = new();

    /// <summary>How often the DHT is asked for requests and answers of those that are not online together; half as much again at random. Default 7 minutes.</summary>
    public TimeSpan PollInterval { get; init; } = TimeSpan.FromMinutes(7);

    /// <summary>How long a candidate waits for one member's answer before it asks the next; half as much again at random. Default 1 s.</summary>
    public TimeSpan PeerInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a refused candidate waits for another member to admit it. Default 5 s.</summary>
    public TimeSpan RefusalPatience { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Randomness for jitter.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where failures are told that nobody waits for.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
