using Nashi.Datagrams;
using Nashi.Dht.HolePunching;

namespace Nashi.Dht.Connecting;

/// <summary>The facts of one handshake from which a server chooses its <see cref="ServerRoute"/>. Pure.</summary>
internal sealed record ServerDecision
{
    /// <summary>Whether the client spoke to us without a relay.</summary>
    public required bool IsDirect { get; init; }

    /// <summary>What the client said of itself.</summary>
    public required PeerPayload Client { get; init; }

    /// <summary>Where the relay sees the client.</summary>
    public required UdpAddress ClientAddress { get; init; }

    /// <summary>Where the relay sees us.</summary>
    public required UdpAddress ServerAddress { get; init; }

    /// <summary>Our interfaces.</summary>
    public required IReadOnlyList<UdpAddress> LocalAddresses { get; init; }

    /// <summary>Whether anybody can reach us.</summary>
    public required bool IsOpen { get; init; }

    /// <summary>Whether the server shares its interface addresses.</summary>
    public required bool SharesLocalAddresses { get; init; }

    /// <summary>Whether the server punches at all.</summary>
    public required bool Punches { get; init; }

    /// <summary>Chooses.</summary>
    public ServerRoute Choose()
    {
        if (IsDirect || Client.Firewall == NatKind.Open) return ServerRoute.Connect;
        if (IsNeighbour()) return ServerRoute.AwaitNeighbour;
        return IsOpen || !Punches ? ServerRoute.Await : ServerRoute.Punch;
    }

    private bool IsNeighbour()
    {
        if (!SharesLocalAddresses || !AddressScope.SameHost(ClientAddress, ServerAddress)) return false;
        var theirs = Client.Addresses.Where(AddressScope.IsPrivate).ToArray();
        return AddressScope.BestMatch(LocalAddresses, theirs) is not null;
    }
}
