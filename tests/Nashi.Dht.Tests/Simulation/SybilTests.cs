using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Tests.Simulation;

/// <summary>Many cheap identities around one topic.</summary>
public sealed class SybilTests
{
    [Fact]
    public void Announcement_AmongTheNearestNodesOfFewNetworks_IsStillFound()
    {
        const ulong Seed = 21;
        var world = new SimWorld(Seed);
        world.Grow(150);
        var topic = world.RandomId();
        var sybils = MakeSybils(world, topic, 20);
        world.Network.Run(TimeSpan.FromMinutes(2));
        using var pair = world.RandomPair();
        var announcer = world.Nodes[7];
        var outcome = announcer.Announce(topic, pair);
        Assert.Contains(outcome.Closest, reply => sybils.Contains(reply.From));
        Assert.Contains(outcome.Closest, reply => !sybils.Contains(reply.From));
        for (var i = 0; i < 20; i++) Assert.True(world.Any().Lookup(topic).Contains(pair.PublicKey), $"seed {Seed}, look-up {i}");
    }

    // They answer everything, know only each other, store nothing, and introduce themselves to all.
    private static HashSet<UdpAddress> MakeSybils(SimWorld world, Bytes32 topic, int count)
    {
        var sybils = new List<UdpAddress>();
        for (var n = 0; sybils.Count < count; n++)
        {
            var address = UdpAddress.FromIPv4(0x2d2d2d00 + (uint)(n % 250), 1 + (n / 250 % 60000));
            if (NodeId.SharedBits(NodeId.Of(address), topic) >= 12) sybils.Add(address);
        }

        foreach (var sybil in sybils)
        {
            world.Network.SetReceiver(sybil, (bytes, from, _) =>
            {
                if (!RpcRequest.TryDecode(bytes.Span, out var asked)) return;
                world.Network.Send(sybil, new RpcResponse(asked.TransactionId, from, NodeId.Of(sybil), topic, [.. sybils.Take(RoutingTable.K)], 0, null).Encode(), from);
            });
            foreach (var node in world.Nodes)
                world.Network.Send(sybil, new RpcRequest(1, node.Address, NodeId.Of(sybil), null, true, InternalCommand.Ping, null, null).Encode(), node.Address);
        }

        return [.. sybils];
    }
}
