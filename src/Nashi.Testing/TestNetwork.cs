using System.Net;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.Testing;

/// <summary>A DHT of its own on this machine: nodes on 127.0.0.1, the first of which is where the others start. For tests of apps.</summary>
/// <remarks>Owns its nodes. Thread-safe.</remarks>
public sealed class TestNetwork : IAsyncDisposable
{
    private readonly List<DhtNode> _nodes = [];
    private readonly Lock _gate = new();

    private TestNetwork(IReadOnlyList<UdpAddress> bootstrap) => Bootstrap = bootstrap;

    /// <summary>Where further nodes start: give it to <see cref="DhtOptions.Bootstrap"/>.</summary>
    public IReadOnlyList<UdpAddress> Bootstrap { get; private set; }

    /// <summary>The nodes.</summary>
    public IReadOnlyList<DhtNode> Nodes
    {
        get
        {
            lock (_gate) return [.. _nodes];
        }
    }

    /// <summary>Starts a network of persistent nodes; four are enough for anything.</summary>
    /// <param name="count">How many nodes.</param>
    /// <param name="bootstrap">A network to join instead of one of its own.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<TestNetwork> CreateAsync(int count = 4, IReadOnlyList<UdpAddress>? bootstrap = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        var network = new TestNetwork(bootstrap ?? []);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var node = await network.AddNodeAsync(new DhtOptions { Ephemeral = false, IsFirewalled = false }, cancellationToken).ConfigureAwait(false);
                if (network.Bootstrap.Count == 0) network.Bootstrap = [node.LocalAddress];
            }

            return network;
        }
        catch
        {
            await network.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Starts one more node, by default as an app would: ephemeral. The network disposes it.</summary>
    /// <param name="options">How it works; host, port and bootstrap nodes are set for it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async ValueTask<DhtNode> AddNodeAsync(DhtOptions? options = null, CancellationToken cancellationToken = default)
    {
        var node = await DhtNode.StartAsync(
            (options ?? new DhtOptions { Ephemeral = true }) with { Host = IPAddress.Loopback, Port = 0, Bootstrap = Bootstrap }, cancellationToken).ConfigureAwait(false);
        lock (_gate) _nodes.Add(node);
        await node.BootstrappedAsync(cancellationToken).ConfigureAwait(false);
        return node;
    }

    /// <summary>Closes all nodes, the first one last.</summary>
    public async ValueTask DisposeAsync()
    {
        for (var i = Nodes.Count - 1; i >= 0; i--) await Nodes[i].DisposeAsync().ConfigureAwait(false);
    }
}
