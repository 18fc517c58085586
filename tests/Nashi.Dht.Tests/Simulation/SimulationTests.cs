using Nashi.Dht.Rpc;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Simulation;

public sealed class SimulationTests
{
    [Theory]
    [InlineData(1, 0.0)]
    [InlineData(2, 0.02)]
    [InlineData(3, 0.10)]
    public void Lookups_InANetworkOfHundreds_FindWhatWasAnnounced(ulong seed, double loss)
    {
        var world = new SimWorld(seed, new VirtualNetworkOptions { Loss = loss, Duplication = loss / 2 });
        world.Grow(200);
        Assert.All(world.Nodes, node => Assert.False(node.Core.IsEphemeral));
        for (var i = 0; i < 20; i++)
        {
            using var pair = world.RandomPair();
            var topic = world.RandomId();
            var announced = world.Any().Announce(topic, pair);
            Assert.True(announced.Committed >= 10, $"seed {seed}: only {announced.Committed} nodes took announcement {i}");
            Assert.True(world.Any().Lookup(topic).Contains(pair.PublicKey), $"seed {seed}: announcement {i} was not found");
        }
    }

    [Fact]
    public void Lookups_AfterAQuarterOfTheNodesDied_StillFind()
    {
        const ulong Seed = 4;
        var world = new SimWorld(Seed);
        world.Grow(200);
        var announced = Enumerable.Range(0, 20).Select(_ => (Topic: world.RandomId(), Pair: world.RandomPair())).ToArray();
        foreach (var (topic, pair) in announced) world.Any().Announce(topic, pair);
        for (var i = 1; i < world.Nodes.Count; i += 4) world.Nodes[i].Kill();
        world.Nodes.RemoveAll(node => world.Nodes.IndexOf(node) % 4 == 1);
        foreach (var (topic, pair) in announced)
        {
            var before = world.Network.Now;
            Assert.True(world.Any().Lookup(topic).Contains(pair.PublicKey), $"seed {Seed}");
            Assert.True(world.Network.Now - before < TimeSpan.FromSeconds(15), $"seed {Seed}: a look-up took {world.Network.Now - before}");
        }
    }

    [Fact]
    public void Records_WhenTheirTimeIsOver_AreForgotten()
    {
        var world = new SimWorld(5);
        world.Grow(30);
        using var pair = world.RandomPair();
        var topic = world.RandomId();
        world.Nodes[3].Announce(topic, pair);
        world.Network.Run(TimeSpan.FromMinutes(15));
        Assert.Contains(pair.PublicKey, world.Nodes[9].Lookup(topic));
        world.Network.Run(TimeSpan.FromMinutes(6));
        Assert.Empty(world.Nodes[9].Lookup(topic));
    }

    [Fact]
    public void AdaptiveNode_WhenReachableForTwentyMinutes_BeginsToServe()
    {
        var world = new SimWorld(6);
        world.Grow(12);
        var node = world.Add(ephemeral: null, firewalled: true);
        Assert.True(world.Network.RunUntil(() => node.Core.IsBootstrapped, TimeSpan.FromMinutes(1)));
        Assert.False(node.Core.IsFirewalled);
        Assert.True(node.Core.IsEphemeral);
        world.Network.Run(TimeSpan.FromMinutes(19));
        Assert.True(node.Core.IsEphemeral);
        world.Network.Run(TimeSpan.FromMinutes(2));
        Assert.False(node.Core.IsEphemeral);
        Assert.Equal(NodeId.Of(node.Address), node.Core.Id);
    }

    [Fact]
    public void FirewalledNode_ThatCannotBeReached_StaysEphemeral()
    {
        var world = new SimWorld(7);
        world.Grow(12);
        var node = world.Add(ephemeral: null, firewalled: true);
        world.Network.SetReceiver(node.Address, null); // Nothing unasked for passes to the server socket.
        world.Network.Run(TimeSpan.FromMinutes(60));
        Assert.True(node.Core.IsBootstrapped);
        Assert.True(node.Core.IsFirewalled);
        Assert.True(node.Core.IsEphemeral);
        Assert.NotNull(node.Core.PublicAddress);
    }

    [Fact]
    public void Network_LeftAlone_StaysQuiet()
    {
        var world = new SimWorld(8);
        world.Grow(40);
        world.Network.Run(TimeSpan.FromMinutes(10));
        var before = world.Network.Sent;
        world.Network.Run(TimeSpan.FromMinutes(60));
        var perNodeAndMinute = (world.Network.Sent - before) / 40.0 / 60;
        Assert.True(perNodeAndMinute < 120, $"{perNodeAndMinute:0.0} datagrams a minute and node");
        Assert.All(world.Nodes, node => Assert.Equal(0, node.Core.Rpc.Counters.Silent));
    }
}
