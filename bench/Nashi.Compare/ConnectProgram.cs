using System.Diagnostics;
using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;

namespace Nashi.Compare;

/// <summary>Connections by public key over a DHT of this machine.</summary>
internal static class ConnectProgram
{
    public static Task<int> RunAsync(Options options) => options.Mode switch
    {
        "network" => RunNetworkAsync(options),
        "server" => RunServerAsync(options),
        "client" => RunClientAsync(options),
        _ => Task.FromResult(2),
    };

    private static async Task<int> RunNetworkAsync(Options options)
    {
        var nodes = new List<DhtNode>();
        for (var i = 0; i < options.Number("nodes", 10); i++)
        {
            var bootstrap = nodes.Count == 0 ? Array.Empty<UdpAddress>() : [nodes[0].LocalAddress];
            var node = await DhtNode.StartAsync(new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = bootstrap, Ephemeral = false, IsFirewalled = false });
            await node.BootstrappedAsync();
            nodes.Add(node);
        }

        Say.Ready(("bootstrap", nodes[0].LocalAddress.ToString()));
        await Task.Delay(Timeout.Infinite);
        return 0;
    }

    private static async Task<int> RunServerAsync(Options options)
    {
        var node = await StartAsync(options);
        var server = node.CreateServer(new DhtServerOptions { MaxWaitingConnections = 256 });
        await server.ListenAsync(node.DefaultKeyPair);
        Say.Ready(("key", server.PublicKey.ToString()));
        await foreach (var connection in server.Connections.ReadAllAsync()) _ = EchoAsync(connection);
        return 0;
    }

    private static async Task EchoAsync(DhtConnection connection)
    {
        await using (connection)
        {
            while (await connection.Stream.ReadAsync() is { IsCompleted: false } read) await connection.Stream.WriteAsync(read.Message);
        }
    }

    private static async Task<int> RunClientAsync(Options options)
    {
        var node = await StartAsync(options);
        var key = Id32.Parse<PublicKey>(options.Text("key"));
        await ConnectAsync(node, key);
        var opens = new List<double>();
        var count = (int)options.Number("n");
        var left = count;
        var cpu = Say.ProcessorTime();
        var began = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, (int)options.Number("parallel", 1)).Select(async _ =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var took = await ConnectAsync(node, key);
                lock (opens) opens.Add(took.TotalMilliseconds);
            }
        }));
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        opens.Sort();
        Say.Figures(
            ("conns_s", count / seconds),
            ("p50_ms", opens[count / 2]),
            ("p99_ms", opens[Math.Min(count - 1, (int)(count * 0.99))]),
            ("cpu_ms", (Say.ProcessorTime() - cpu).TotalMilliseconds / count));
        return 0;
    }

    /// <summary>Time to open; then one byte there and back.</summary>
    private static async Task<TimeSpan> ConnectAsync(DhtNode node, PublicKey key)
    {
        var began = Stopwatch.GetTimestamp();
        await using var connection = await node.ConnectAsync(key);
        var took = Stopwatch.GetElapsedTime(began);
        await connection.Stream.WriteAsync("x"u8.ToArray());
        if ((await connection.Stream.ReadAsync()).IsCompleted) throw new EndOfStreamException();
        return took;
    }

    private static async Task<DhtNode> StartAsync(Options options)
    {
        var node = await DhtNode.StartAsync(new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = [UdpAddress.From(IPEndPoint.Parse(options.Text("bootstrap")))] });
        await node.BootstrappedAsync();
        return node;
    }
}
