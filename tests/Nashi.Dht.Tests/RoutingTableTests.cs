using Nashi.Datagrams;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Tests;

public sealed class RoutingTableTests
{
    [Fact]
    public void Closest_AgainstAPlainList_FindsTheSameNodes()
    {
        for (ulong seed = 1; seed <= 20; seed++)
        {
            IRandom random = new SeededRandom(seed);
            var table = new RoutingTable(RandomId(random));
            var all = new List<KnownNode>();
            for (var i = 0; i < 400; i++)
            {
                var address = UdpAddress.FromIPv4(0x0a000000 + random.NextUInt32() % 0xffffff, 1 + random.Next(60000));
                var node = new KnownNode(NodeId.Of(address), address, 0);
                if (table.TryAdd(node)) all.Add(node);
                if (i % 7 == 6)
                {
                    var gone = all[random.Next(all.Count)];
                    table.Remove(gone);
                    all.Remove(gone);
                }
            }

            Assert.Equal(all.Count, table.Count);
            Assert.Equal(all.Count, table.ByContact.Count());
            for (var i = 0; i < 50; i++)
            {
                var target = RandomId(random);
                all.Sort((a, b) => NodeId.CompareDistance(target, a.Id, b.Id));
                Assert.True(all.Take(20).SequenceEqual(table.Closest(target)), $"seed {seed}");
            }
        }
    }

    [Fact]
    public void Row_FloodedFromOneNetwork_KeepsRoomForOthers()
    {
        var table = new RoutingTable(default);
        for (var i = 0; i < 5000; i++)
        {
            var address = UdpAddress.FromIPv4(0x08080800 + ((uint)i & 255), 1 + i);
            table.TryAdd(new KnownNode(NodeId.Of(address), address, 0));
        }

        Assert.True(table.Count <= 3 * 20, $"{table.Count} nodes of one /24");
    }

    [Fact]
    public void Touch_OfANode_MovesItToTheEndOfTheOrder()
    {
        var table = new RoutingTable(default);
        var nodes = Enumerable.Range(1, 3).Select(i => UdpAddress.FromIPv4(0x0a000000, i)).Select(a => new KnownNode(NodeId.Of(a), a, 0)).ToArray();
        foreach (var node in nodes) table.TryAdd(node);
        table.Touch(nodes[0], 5);
        Assert.Equal([nodes[1], nodes[2], nodes[0]], table.ByContact);
        Assert.Equal([nodes[0], nodes[2], nodes[1]], table.Latest);
        Assert.Equal(5, nodes[0].SeenTick);
    }

    private static Bytes32 RandomId(IRandom random)
    {
        Bytes32 id = default;
        random.Fill(id);
        return id;
    }
}
