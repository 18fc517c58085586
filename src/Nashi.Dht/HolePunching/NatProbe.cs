using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>Asks a few nodes at once where they see a socket.</summary>
internal static class NatProbe
{
    private const int Nodes = 6;

    /// <summary>Reports each answer as (where they see it, who), and returns when all have answered or not.</summary>
    public static async Task RunAsync(IConnectNode node, UdxSocket socket, Action<UdpAddress, UdpAddress> tell, CancellationToken cancellationToken)
    {
        var asked = node.SomeNodes(Nodes).Select(address => AskAsync(node, socket, address, tell, cancellationToken));
        await Task.WhenAll(asked).ConfigureAwait(false);
    }

    private static async Task AskAsync(
        IConnectNode node, UdxSocket socket, UdpAddress address, Action<UdpAddress, UdpAddress> tell, CancellationToken cancellationToken)
    {
        var reply = await node.PingAsync(address, socket, 0, cancellationToken).ConfigureAwait(false);
        if (reply is not null) tell(reply.Seen, reply.From);
    }
}
