using Nashi.Dht;

namespace Nashi.LabPeer.Modes;

/// <summary><c>nodes --bootstrap H:P --host A --port FIRST --count N</c>: many persistent nodes on one address.</summary>
internal static class NodesMode
{
    private const int AtATime = 10;

    public static async Task<int> RunAsync(PeerRun run)
    {
        var (count, first) = ((int)run.Number("count", 10), (int)run.Number("port", 20_000));
        var all = new List<DhtNode>();
        for (var start = 0; start < count; start += AtATime)
        {
            var ports = Enumerable.Range(first + start, Math.Min(AtATime, count - start));
            all.AddRange(await Task.WhenAll(ports.Select(port => run.StartNodeAsync(new DhtOptions { Host = run.Host, Port = port, Ephemeral = false, IsFirewalled = false }))));
        }

        run.Events.Emit("ready", ("nodes", all.Count), ("rssMiB", Environment.WorkingSet >> 20));
        await run.UntilEndedAsync();
        return 0;
    }
}
