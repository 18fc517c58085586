using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Encoding;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay;

/// <summary>Whom a TCP relay serves, and how much it gives.</summary>
public sealed record TcpRelayServerOptions
{
    /// <summary>The port that networks block last.</summary>
    public const int DefaultPort = 443;

    /// <summary>The defaults.</summary>
    public static TcpRelayServerOptions Default { get; } = new();

    /// <summary>Where clients connect. Default: port 443 on all interfaces, IPv4 and IPv6.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.IPv6Any, DefaultPort);

    /// <summary>From which address datagrams go out. Default: any (IPv4).</summary>
    public IPAddress UdpHost { get; init; } = IPAddress.Any;

    /// <summary>What clients of a private relay must know; null to serve everybody (default).</summary>
    public Bytes32? Secret { get; init; }

    /// <summary>How many clients at once. Default 1024.</summary>
    public int MaxSessions { get; init; } = 1024;

    /// <summary>How many of them from one network address (IPv6: one /64): a whole office may be behind it. Default 64.</summary>
    public int MaxSessionsPerHost { get; init; } = 64;

    /// <summary>How many UDP ports one client may have. A node uses two, and one for each connection it is about to make. Default 16.</summary>
    public int MaxChannels { get; init; } = 16;

    /// <summary>How soon TLS and the hello have to be done. Default 10 seconds.</summary>
    public TimeSpan HelloTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long no datagram may pass. Default 5 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes a second that one client may use in each direction; zero for no limit. Default 16 MiB.</summary>
    public long SessionRate { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes a second that all clients may use together; zero for no limit (default).</summary>
    public long TotalRate { get; init; }

    /// <summary>Whether datagrams to private networks and this host are carried. Default false: a stranger could reach what only its neighbours should.</summary>
    public bool AllowPrivate { get; init; }

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where it logs. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    internal SessionLimits ToLimits() => new()
    {
        MaxChannels = MaxChannels,
        HelloTimeout = HelloTimeout,
        IdleTimeout = IdleTimeout,
        Egress = new EgressLimits { BytesPerSecond = SessionRate, AllowPrivate = AllowPrivate },
    };

    internal TcpRelayServerOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSessions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSessionsPerHost);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxChannels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(MaxChannels, ushort.MaxValue);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(HelloTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(SessionRate);
        ArgumentOutOfRangeException.ThrowIfNegative(TotalRate);
        return this;
    }
}
