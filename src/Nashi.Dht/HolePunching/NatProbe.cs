using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>Asks a few nodes at once where they see a socket.</summary>
internal static class NatProbe
{
    private const int Nodes = 6;
    // Answers get lost: whoever has not told enough is asked for once more, of others where there are any.
    private const int Rounds = 2;

    /// <summary>Reports each answer as (where they see it, who), and returns when all have answered or not.</summary>
    public static async Task RunAsync(IConnectNode node, UdxSocket socket, Action<UdpAddress, UdpAddress> tell, CancellationToken cancellationToken)
    {
        var told = 0;
        for (var round = 0; round < Rounds && Volatile.Read(ref told) < NatSamples.Enough; round++)
        {
            var asked = node.SomeNodes(Nodes * (round + 1)).Skip(Nodes * round).ToArray();
            if (asked.Length == 0) asked = [.. node.SomeNodes(Nodes)];
            await Task.WhenAll(asked.Select(AskAsync)).ConfigureAwait(false);
        }

        async Task AskAsync(UdpAddress address)
        {
            if (await node.PingAsync(address, socket, 0, cancellationToken).ConfigureAwait(false) is not { } reply) return;
            Interlocked.Increment(ref told);
            tell(reply.Seen, reply.From);
        }
    }
}
