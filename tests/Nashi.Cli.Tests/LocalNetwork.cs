using Nashi.TestKit;

namespace Nashi.Cli.Tests;

/// <summary>A DHT on 127.0.0.1 of JavaScript and C# nodes, started either way round.</summary>
internal sealed class LocalNetwork : IAsyncDisposable
{
    private readonly List<IAsyncDisposable> _parts = [];

    private LocalNetwork(string bootstrap) => Bootstrap = bootstrap;

    /// <summary>Where to start from.</summary>
    public string Bootstrap { get; }

    /// <summary>JavaScript nodes start it, C# nodes join.</summary>
    public static async Task<LocalNetwork> JavaScriptFirstAsync()
    {
        var js = JsPeer.Start("cli-network.cjs", "--nodes=3");
        var bootstrap = (await js.NextAsync("ready")).GetProperty("bootstrap").GetString()!;
        var network = new LocalNetwork(bootstrap);
        network._parts.Add(js);
        for (var i = 0; i < 2; i++) await network.AddNodeAsync("--bootstrap", bootstrap);
        return network;
    }

    /// <summary>A C# node starts it, JavaScript and C# nodes join.</summary>
    public static async Task<LocalNetwork> NashiFirstAsync()
    {
        var first = NashiProcess.Start("dht", "node", "--isolated", "--host", "127.0.0.1", "--port", "0");
        var network = new LocalNetwork($"127.0.0.1:{(await first.NextAsync("listening")).GetProperty("port").GetInt32()}");
        network._parts.Add(first);
        await network.AddNodeAsync("--bootstrap", network.Bootstrap);
        var js = JsPeer.Start("cli-network.cjs", "--nodes=3", $"--bootstrap={network.Bootstrap}");
        network._parts.Add(js);
        _ = await js.NextAsync("ready");
        return network;
    }

    /// <summary>One or the other.</summary>
    public static Task<LocalNetwork> StartAsync(bool nashiFirst) => nashiFirst ? NashiFirstAsync() : JavaScriptFirstAsync();

    /// <summary>Kills the node that the others started from.</summary>
    public async Task KillFirstAsync()
    {
        await _parts[0].DisposeAsync();
        _parts.RemoveAt(0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in _parts) await part.DisposeAsync();
    }

    private async Task AddNodeAsync(params string[] options)
    {
        var node = NashiProcess.Start(["dht", "node", "--host", "127.0.0.1", "--port", "0", .. options]);
        _parts.Add(node);
        _ = await node.NextAsync("bootstrapped");
    }
}
