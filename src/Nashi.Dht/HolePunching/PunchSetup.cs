using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.HolePunching;

/// <summary>What a punch starts from, on either side.</summary>
internal sealed record PunchSetup
{
    /// <summary>What the remote said of itself in the handshake.</summary>
    public required NatKind RemoteKind { get; init; }

    /// <summary>Whether we are not firewalled.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Our token for an address.</summary>
    public required Func<UdpAddress, Bytes32> TokenFor { get; init; }

    /// <summary>How much our node may punch.</summary>
    public required PunchLimits Limits { get; init; }

    /// <summary>Which ports to try first, and how long to wait before trying again.</summary>
    public required IRandom Random { get; init; }

    /// <summary>The application's say; null when it has none.</summary>
    public Func<HolepunchProposal, bool>? MayPunch { get; init; }

    /// <summary>Whether the peers are connected through a relay meanwhile, so that a punch that has to wait can wait.</summary>
    public bool IsRelayed { get; init; }

    /// <summary>Whether a client opens its translator before its first message, which saves a round.</summary>
    public bool OpensEarly { get; init; } = true;
}
