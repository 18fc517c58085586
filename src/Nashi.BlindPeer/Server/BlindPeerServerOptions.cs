using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Encoding;

namespace Nashi.BlindPeer;

/// <summary>How a blind peer works.</summary>
public sealed record BlindPeerServerOptions
{
    /// <summary>The folder of its key, its records and the cores. Made when it is absent, for its user alone.</summary>
    public required string Folder { get; init; }

    /// <summary>How much it takes on.</summary>
    public BlindPeerLimits Limits { get; init; } = BlindPeerLimits.Default;

    /// <summary>Who may ask for cores, by key, besides those that are trusted. Default: none is named, and everybody may. Reading needs a core's key, and no permission.</summary>
    public IReadOnlySet<PublicKey> Allowed { get; init; } = new HashSet<PublicKey>();

    /// <summary>Who may also set the highest priority, have cores announced and delete any core. Default none.</summary>
    public IReadOnlySet<PublicKey> Trusted { get; init; } = new HashSet<PublicKey>();

    /// <summary>Who is not answered at all, by key. Default none.</summary>
    public IReadOnlySet<PublicKey> Banned { get; init; } = new HashSet<PublicKey>();

    /// <summary>Whose connections are closed, by address. Default none.</summary>
    public IReadOnlySet<IPAddress> BannedAddresses { get; init; } = new HashSet<IPAddress>();

    /// <summary>The clock. Default: the system's.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where the key of a new folder comes from. Default: the system's.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it logs to. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
