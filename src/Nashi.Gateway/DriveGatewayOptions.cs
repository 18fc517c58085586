using System.Net;

namespace Nashi.Gateway;

/// <summary>How a gateway serves.</summary>
public sealed record DriveGatewayOptions
{
    /// <summary>The defaults.</summary>
    public static DriveGatewayOptions Default { get; } = new();

    /// <summary>Where to listen. Default: this machine only.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port; 0 for a free one. Default 0.</summary>
    public int Port { get; init; }

    /// <summary>Host names, besides this machine's own, under which browsers may ask. Others are refused, so that no web page can read the drive by a name of its own. Default none.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Whether a folder without <c>index.html</c> is shown as a list. Default true.</summary>
    public bool ListsFolders { get; init; } = true;

    /// <summary>How long a file's first bytes may take to come from peers. Default 30 s.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
