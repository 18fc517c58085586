using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>Whom a blind relay serves, and how much it gives.</summary>
public sealed record BlindRelayOptions
{
    /// <summary>The defaults.</summary>
    public static BlindRelayOptions Default { get; } = new();

    /// <summary>Asked before a client is answered, with its proved key and claimed address; true refuses, silently. Default: everybody is served.</summary>
    public Func<PublicKey, UdpAddress, bool>? Firewall { get; init; }

    /// <summary>How many clients may be connected at once. Default 4096.</summary>
    public int MaxSessions { get; init; } = 4096;

    /// <summary>How many pairings, waiting and carried, there may be at once. Default 4096.</summary>
    public int MaxPairs { get; init; } = 4096;

    /// <summary>How many of them one client may take part in. Default 64.</summary>
    public int MaxPairsPerSession { get; init; } = 64;

    /// <summary>How long the first of two may wait for the second. Default 30 seconds, twice what endpoints wait.</summary>
    public TimeSpan PairTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a pair may be silent, and a client without any pairing stay. Default 5 minutes.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes a second that one pair may use, both directions together; zero for no limit (default).</summary>
    public long PairRate { get; init; }

    /// <summary>Bytes a second that all pairs may use together; zero for no limit (default).</summary>
    public long TotalRate { get; init; }

    /// <summary>Told what happens, on any thread; must return soon and not throw.</summary>
    public Action<BlindRelayEvent>? Observer { get; init; }

    internal BlindRelayOptions Validate()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSessions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPairs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPairsPerSession);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(PairTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(IdleTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegative(PairRate);
        ArgumentOutOfRangeException.ThrowIfNegative(TotalRate);
        return this;
    }
}
