using System.Collections.Concurrent;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Encoding;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>A DHT without routing tables: requests are calls, but streams and knocks use real sockets on the loopback interface.</summary>
internal sealed class FakeNet : IAsyncDisposable
{
    private readonly ConcurrentDictionary<UdpAddress, FakeNode> _byAddress = new();
    private readonly ConcurrentDictionary<Bytes32, FakeNode[]> _announced = new();
    private readonly List<FakeNode> _nodes = [];

    /// <summary>Who relays: all nodes made before the first peer.</summary>
    public IReadOnlyList<FakeNode> Relays => _nodes[..4];

    public static FakeNet Start()
    {
        var net = new FakeNet();
        for (var i = 0; i < 4; i++) net.AddNode();
        return net;
    }

    public FakeNode AddNode(bool isFirewalled = true)
    {
        var node = new FakeNode(this) { IsFirewalled = isFirewalled };
        _byAddress[node.Address] = node;
        _nodes.Add(node);
        return node;
    }

    public FakeNode? Find(UdpAddress address) => _byAddress.GetValueOrDefault(address);

    public void Register(UdpAddress address, FakeNode node) => _byAddress.TryAdd(address, node);

    public void Announce(Bytes32 target, UdpAddress from)
    {
        var relays = Relays.Take(3).ToArray();
        foreach (var relay in relays) relay.Router.Forwards.Set(target, from, Instant.Now(TimeProvider.System));
        _announced[target] = relays;
    }

    public void Unannounce(Bytes32 target) => _announced.TryRemove(target, out _);

    public IReadOnlyList<FakeNode> WhoKnows(Bytes32 target) => _announced.GetValueOrDefault(target) ?? [];

    /// <summary>Carries one message to a node, off the caller's thread.</summary>
    public void Carry(FakeTransaction transaction, ulong command, Bytes32 target, byte[] value, UdpAddress from, UdpAddress to)
    {
        if (Find(to) is not { } node) return;
        ThreadPool.QueueUserWorkItem(_ => node.Handle(transaction, command, target, value, from, to));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }
}
