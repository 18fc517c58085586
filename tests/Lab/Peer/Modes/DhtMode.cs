using System.Net;
using Nashi.Datagrams;
using Nashi.Dht;

namespace Nashi.LabPeer.Modes;

/// <summary><c>bootstrap --host A --port N</c>, the first node of a network, and <c>dht --bootstrap H:P --hosts A,B --port N</c>, one node on each address.</summary>
internal static class DhtMode
{
    public static Task<int> RunBootstrapAsync(PeerRun run) => RunAsync(run, [run.Host], []);

    public static Task<int> RunAsync(PeerRun run) => RunAsync(run, [.. run.Flag("hosts").Split(',').Select(IPAddress.Parse)], run.Bootstrap);

    private static async Task<int> RunAsync(PeerRun run, IPAddress[] hosts, IReadOnlyList<UdpAddress> bootstrap)
    {
        var nodes = new List<DhtNode>();
        foreach (var host in hosts)
        {
            var node = await DhtNode.StartAsync(new DhtOptions
            {
                Bootstrap = bootstrap,
                Host = host,
                Port = (int)run.Number("port", DhtOptions.DefaultPort),
                Ephemeral = false,
                IsFirewalled = false,
            });
            if (bootstrap.Count > 0) await node.BootstrappedAsync(run.Ended);
            nodes.Add(node);
        }

        run.Events.Emit("ready", ("nodes", nodes.Count), ("host", hosts[0]), ("port", nodes[0].LocalAddress.Port));
        await run.UntilEndedAsync();
        foreach (var node in nodes) await node.DisposeAsync();
        return 0;
    }
}
