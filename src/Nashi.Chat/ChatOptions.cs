using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Chat;

/// <summary>How conversations are opened.</summary>
public sealed record ChatOptions
{
    /// <summary>The folder everything is kept in; made when missing, for its owner alone.</summary>
    public required string Storage { get; init; }

    /// <summary>Who speaks here.</summary>
    public required ChatKeys Keys { get; init; }

    /// <summary>Under which name others see us. Default "someone".</summary>
    public string Name { get; init; } = "someone";

    /// <summary>The node through which members are found; borrowed. Default null: offline.</summary>
    public DhtNode? Dht { get; init; }

    /// <summary>Peers that keep what we wrote while nobody is online, and can not read it. Default none.</summary>
    public IReadOnlyList<PublicKey> BlindPeers { get; init; } = [];

    /// <summary>How long an indexer waits before it acknowledges what others wrote. Default 2 s.</summary>
    public TimeSpan AckInterval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Where keys and nonces come from.</summary>
    public IRandom Random { get; init; } = SystemRandom.Instance;

    /// <summary>Where it tells what went wrong. Default: nowhere.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
