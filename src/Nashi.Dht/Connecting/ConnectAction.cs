using Nashi.Datagrams;
using Nashi.Encoding;

namespace Nashi.Dht.Connecting;

/// <summary>What the connect core wants done.</summary>
internal abstract record ConnectAction
{
    private ConnectAction()
    {
    }

    /// <summary>Look for nodes that know the peer, and report each and the end.</summary>
    internal sealed record FindPeer(IReadOnlyList<UdpAddress> Seeds) : ConnectAction;

    /// <summary>Send our handshake to a node, and report the answer or its absence.</summary>
    internal sealed record Handshake(UdpAddress Node) : ConnectAction;

    /// <summary>Ping an address of the peer's own network, and report whether anybody answered.</summary>
    internal sealed record PingNeighbour(UdpAddress Address) : ConnectAction;

    /// <summary>Start to punch.</summary>
    internal sealed record Punch(HolepunchOffer Offer, UdpAddress Server, UdpAddress Relay) : ConnectAction;

    /// <summary>Connect to a relay, which may be needed soon, and report when it is there.</summary>
    internal sealed record DialRelay(PublicKey Relay) : ConnectAction;

    /// <summary>Meet the peer at a relay, dialling that first if it was not; forget all others.</summary>
    internal sealed record Pair(RelayThrough At, bool IsInitiator) : ConnectAction;

    /// <summary>A direct path is used, but the peer may be joined at this relay just now: fetch what it says there. No other relay is needed.</summary>
    internal sealed record KeepRelay(PublicKey Relay) : ConnectAction;

    /// <summary>No relay is needed.</summary>
    internal sealed record DropRelays : ConnectAction;

    /// <summary>Move the stream, which is connected through a relay, to a direct path.</summary>
    internal sealed record Move(ConnectSocket Socket, UdpAddress To, ConnectionKind Kind) : ConnectAction;

    /// <summary>The stream stays with the relay: no direct path is left to try.</summary>
    internal sealed record Stay : ConnectAction;

    /// <summary>Connect the stream.</summary>
    internal sealed record Connect(ConnectSocket Socket, UdpAddress To, ConnectionKind Kind) : ConnectAction;

    /// <summary>It did not work.</summary>
    internal sealed record Fail(ConnectFailure Why) : ConnectAction;
}
