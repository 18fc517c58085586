using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Queries;

/// <summary>What a query needs of its node.</summary>
internal interface IQueryHost
{
    /// <summary>Nodes known near a target, nearest first.</summary>
    IReadOnlyList<UdpAddress> Known(Bytes32 target, int count);

    /// <summary>Where everybody starts.</summary>
    IReadOnlyList<UdpAddress> Bootstrap { get; }

    /// <summary>Whether an address is our own.</summary>
    bool IsOwn(UdpAddress address);

    /// <summary>Sends a request.</summary>
    void Send(RpcCall call, Instant now);

    /// <summary>Tells a node that one it named is gone.</summary>
    void HintDown(UdpAddress gone, UdpAddress referrer, Instant now);

    /// <summary>How many nodes there seem to be.</summary>
    NetworkSize Size { get; }

    /// <summary>The source of randomness.</summary>
    IRandom Random { get; }
}
