using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>The smallest DHT on 127.0.0.1 that one can announce in: C# nodes only.</summary>
internal sealed class SmallNetwork : IAsyncDisposable
{
    private readonly List<NashiProcess> _nodes = [];

    private SmallNetwork(string bootstrap) => Bootstrap = bootstrap;

    /// <summary>Where to start from.</summary>
    public string Bootstrap { get; }

    public static async Task<SmallNetwork> StartAsync()
    {
        var first = NashiProcess.Start("dht", "node", "--isolated", "--host", "127.0.0.1", "--port", "0");
        var network = new SmallNetwork($"127.0.0.1:{(await first.NextAsync("listening")).GetProperty("port").GetInt32()}");
        network._nodes.Add(first);
        var second = NashiProcess.Start("dht", "node", "--bootstrap", network.Bootstrap, "--host", "127.0.0.1", "--port", "0");
        network._nodes.Add(second);
        _ = await second.NextAsync("bootstrapped");
        return network;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }
}
