using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nashi.Lan;

/// <summary>How peers on the local network are looked for.</summary>
public sealed record LanOptions
{
    /// <summary>The port of multicast DNS.</summary>
    public const int DefaultPort = 5353;

    /// <summary>Everything by default.</summary>
    public static LanOptions Default { get; } = new();

    /// <summary>The port. Default 5353; another one keeps tests apart.</summary>
    public int Port { get; init; } = DefaultPort;

    /// <summary>Whether to use the loopback interface only: for tests on one machine. Default false.</summary>
    public bool IsLoopbackOnly { get; init; }

    /// <summary>Whether to be found as a DHT node even while no topic is offered and no key answered. Default true.</summary>
    public bool OffersNode { get; init; } = true;

    /// <summary>How long a name and salt are kept before new ones are chosen; up to a fifth is added at random. Default 15 minutes.</summary>
    public TimeSpan RotationInterval { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>How often the interfaces are looked at, beside the system's own signals. Default 5 seconds.</summary>
    public TimeSpan InterfaceInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How many interfaces are used. Default 16.</summary>
    public int MaxInterfaces { get; init; } = 16;

    /// <summary>How many instances are remembered per interface. Default 256.</summary>
    public int MaxNeighbours { get; init; } = 256;

    /// <summary>How many of them may speak from one address. Default 8.</summary>
    public int MaxNeighboursPerAddress { get; init; } = 8;

    /// <summary>How many targets are offered, and how many looked for; more are ignored. Default 1024 each.</summary>
    public int MaxTargets { get; init; } = 1024;

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Names, salts and delays come from here. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it logs. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
