using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Simulation;

/// <summary>Many cores on one virtual network, from a seed.</summary>
internal sealed class SimWorld
{
    private readonly IRandom _random;
    private int _next;

    public SimWorld(ulong seed, VirtualNetworkOptions? options = null)
    {
        _random = new SeededRandom(seed);
        Network = new VirtualNetwork(new SeededRandom(seed + 1), options);
    }

    public VirtualNetwork Network { get; }

    public List<SimNode> Nodes { get; } = [];

    public IReadOnlyList<UdpAddress> Bootstrap => Nodes.Count == 0 ? [] : [Nodes[0].Address];

    /// <summary>Begins a network of persistent nodes and waits until each has looked around.</summary>
    public void Grow(int count)
    {
        for (var i = 0; i < count; i++)
        {
            Add();
            if (i % 8 == 0) Network.Run(TimeSpan.FromMilliseconds(200));
        }

        Assert.True(Network.RunUntil(() => Nodes.TrueForAll(node => node.Core.IsBootstrapped), TimeSpan.FromMinutes(1)), "Not all nodes looked around.");
        Network.Run(TimeSpan.FromSeconds(20));
    }

    public SimNode Add(bool? ephemeral = false, bool firewalled = false)
    {
        // Public addresses far apart.
        var ip = 0x14000000u + ((uint)(_next++ * 2654435761) >> 6 & 0x00ffff00) + 7;
        var node = new SimNode(Network, UdpAddress.FromIPv4(ip, 40000 + _next), Bootstrap, new SeededRandom(_random.NextUInt64()), ephemeral, firewalled);
        Nodes.Add(node);
        return node;
    }

    public SimNode Any() => Nodes[_random.Next(Nodes.Count)];

    public Bytes32 RandomId()
    {
        Bytes32 id = default;
        _random.Fill(id);
        return id;
    }

    public KeyPair RandomPair() => KeyPair.Generate(_random);
}
