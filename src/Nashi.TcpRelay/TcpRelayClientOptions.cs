using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nashi.TcpRelay;

/// <summary>How a client uses a TCP relay.</summary>
public sealed record TcpRelayClientOptions
{
    /// <summary>The defaults.</summary>
    public static TcpRelayClientOptions Default { get; } = new();

    /// <summary>How long connecting may take, TLS and welcome included. Default 8 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where it logs. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
