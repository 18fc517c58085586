using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;

namespace Nashi.Dht.Protocol;

/// <content>Nodes on our own network, which need no bootstrap node to be met.</content>
internal sealed partial class DhtCore
{
    /// <summary>Asks whether a node is at an address; one that serves others becomes known, and is a way into its network while we know few.</summary>
    public void Greet(UdpAddress address, Instant now)
    {
        var knewFew = _table.Count < RoutingTable.K;
        Send(
            RpcCall.Ping(address, (reply, at) =>
            {
                if (knewFew && reply?.FromId is not null) LookFor(_table.OwnId, at);
            }),
            now);
    }
}
