using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Datagrams;

namespace Nashi.Udx;

/// <summary>How a host works.</summary>
public sealed record UdxOptions
{
    /// <summary>The defaults.</summary>
    public static UdxOptions Default { get; } = new();

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>How sockets are opened.</summary>
    public DatagramOptions Datagrams { get; init; } = DatagramOptions.Default;

    /// <summary>Opens sockets; replace it to simulate a network. Default: the operating system's.</summary>
    public Func<UdpAddress, DatagramOptions, IDatagramSocket> OpenSocket { get; init; } = DatagramSockets.Bind;

    /// <summary>Where failures of handlers and ends of streams are written. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Most streams at one time. Default 65 536.</summary>
    public int StreamsMax { get; init; } = 65_536;
}
