using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht;

/// <summary>How to connect to one peer.</summary>
public sealed record DhtConnectOptions
{
    /// <summary>Everything by default.</summary>
    public static DhtConnectOptions Default { get; } = new();

    /// <summary>Who we are to the peer; by default the node's own key pair. Borrowed, not disposed.</summary>
    public KeyPair? KeyPair { get; init; }

    /// <summary>Nodes believed to relay for the peer: tried before and beside a search. At most 16 are used.</summary>
    public IReadOnlyList<UdpAddress> KnownRelays { get; init; } = [];

    /// <summary>Whether to tell the peer our addresses on the local network and to look for it there. Default true.</summary>
    public bool UsesLan { get; init; } = true;

    /// <summary>Whether to open our router towards the peer before asking it: one round trip less. Default true.</summary>
    public bool OpensEarly { get; init; } = true;

    /// <summary>Asked before a hole is punched; false, or an exception, forbids it (HOLEPUNCH_ABORTED). Must return soon. Default: it is allowed.</summary>
    public Func<HolepunchProposal, bool>? MayPunch { get; init; }

    /// <summary>How long the whole may take. Default 60 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often an idle connection shows that it lives; zero for never. Default 5 seconds.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Blind relays to meet the peer at while, and in case, there is no direct path: the connection opens through one and moves to a direct path later. Default none.
    /// Several are raced, and the first that answers is named to the peer.
    /// </summary>
    public IReadOnlyList<PublicKey> RelayThrough { get; init; } = [];

    /// <summary>Asked for the relays each time instead of <see cref="RelayThrough"/>; must return at once. An exception means none.</summary>
    public Func<IReadOnlyList<PublicKey>>? ChooseRelays { get; init; }

    /// <summary>Told each step as it happens, one at a time and in order, on any thread; must return soon and not throw.</summary>
    public Action<ConnectStep>? Progress { get; init; }

    /// <summary>Awaited when the peer has answered, before what it said is acted on; throws to give up.</summary>
    internal Func<CancellationToken, Task>? BeforeConnecting { get; init; }

    /// <summary>From which socket to call; null for the node's own. The peer is told where that one is seen.</summary>
    internal Func<UdxSocket?>? CallsFrom { get; init; }

    /// <summary>What punching waits for, so that a test can have a relay be first; null for nothing.</summary>
    internal Task? BeforePunching { get; init; }
}
