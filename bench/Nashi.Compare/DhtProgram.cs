using System.Diagnostics;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Compare;

/// <summary>A DHT of many nodes in this process, used by one more.</summary>
internal static class DhtProgram
{
    private const int Announced = 20;

    public static async Task<int> RunAsync(Options options)
    {
        var (nodes, lookups, parallel) = ((int)options.Number("nodes"), (int)options.Number("lookups"), (int)options.Number("parallel"));
        var (memory, before, began) = (Resident(), Say.ProcessorTime(), Stopwatch.GetTimestamp());
        var network = await TestNetwork.CreateAsync(nodes);
        var boot = Stopwatch.GetElapsedTime(began);
        var bootCpu = Say.ProcessorTime() - before;
        var grown = Resident() - memory;

        var node = await network.AddNodeAsync();
        var topics = Enumerable.Range(0, lookups).Select(_ => Topic()).ToArray();
        await InParallelAsync(topics.Take(Announced), parallel, (topic, token) => node.AnnounceAsync(topic, node.DefaultKeyPair, [], token));
        var found = 0;
        var (lookCpu, lookBegan) = (Say.ProcessorTime(), Stopwatch.GetTimestamp());
        await InParallelAsync(topics, parallel, async (topic, token) =>
        {
            await foreach (var reply in node.LookupAsync(topic, token)) Interlocked.Add(ref found, reply.Peers.Count > 0 ? 1 : 0);
        });
        var seconds = Stopwatch.GetElapsedTime(lookBegan).TotalSeconds;
        if (found < Announced) throw new InvalidOperationException("Announcements were not found.");
        Say.Figures(
            ("boot_s", boot.TotalSeconds),
            ("boot_cpu_s", bootCpu.TotalSeconds),
            ("lookups_s", lookups / seconds),
            ("lookup_cpu_ms", (Say.ProcessorTime() - lookCpu).TotalMilliseconds / lookups),
            ("node_kib", grown / 1024.0 / nodes));
        return 0;
    }

    private static Task InParallelAsync(IEnumerable<Topic> topics, int parallel, Func<Topic, CancellationToken, ValueTask> work) =>
        Parallel.ForEachAsync(topics, new ParallelOptions { MaxDegreeOfParallelism = parallel }, work);

    private static Topic Topic()
    {
        Bytes32 bytes = default;
        SystemRandom.Instance.Fill(bytes);
        return new Topic(bytes);
    }

    private static long Resident()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Environment.WorkingSet;
    }
}
