using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht;

/// <summary>How a server meets its clients.</summary>
public sealed record DhtServerOptions
{
    /// <summary>Everything by default.</summary>
    public static DhtServerOptions Default { get; } = new();

    /// <summary>
    /// Asked before a client is answered: its proved key, and the address the relay claims it has; true refuses, silently. Called on a pool thread; must
    /// return soon. An exception refuses too.
    /// </summary>
    public Func<PublicKey, UdpAddress, bool>? Firewall { get; init; }

    /// <summary>Whether to punch holes for clients that cannot be reached. Default true.</summary>
    public bool Punches { get; init; } = true;

    /// <summary>Asked before a hole is punched for a client; false, or an exception, forbids it. Must return soon. Default: it is allowed.</summary>
    public Func<HolepunchProposal, bool>? MayPunch { get; init; }

    /// <summary>Whether clients are told our addresses on the local network. Default true.</summary>
    public bool SharesLocalAddresses { get; init; } = true;

    /// <summary>
    /// Blind relays to meet the peer at while, and in case, there is no direct path: the connection opens through one and moves to a direct path later. Default none.
    /// One is named to each client: the client's own proposal is then not used.
    /// </summary>
    public IReadOnlyList<PublicKey> RelayThrough { get; init; } = [];

    /// <summary>Asked for the relays each time instead of <see cref="RelayThrough"/>; must return at once. An exception means none.</summary>
    public Func<IReadOnlyList<PublicKey>>? ChooseRelays { get; init; }

    /// <summary>How many handshakes may be under way at once, and how many finished ones are remembered; half as many connections may wait for the first packet of their client. Default 1024.</summary>
    public int MaxHandshakes { get; init; } = 1024;

    /// <summary>How many of those under way may come from one host. Default 256.</summary>
    public int MaxHandshakesPerHost { get; init; } = 256;

    /// <summary>How many connections may wait in <see cref="DhtServer.Connections"/>; more are closed. Default 1024.</summary>
    public int MaxWaitingConnections { get; init; } = 1024;

    /// <summary>How often an idle connection shows that it lives; zero for never. Default 5 seconds.</summary>
    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(5);
}
