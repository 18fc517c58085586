using System.Diagnostics;
using System.Globalization;
using Nashi.Cryptography;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Simulation.Runs;

/// <summary>Real nodes with real sockets on 127.0.0.1, all in this process: boots them, and has some announce what others find.</summary>
internal sealed class SocketsRun(int nodes, int topics, int searches, int parallel, ulong seed)
{
    private static readonly SocketsCost None = new(default, default, 0);

    private readonly IRandom _random = new SeededRandom(seed);

    /// <summary>What each part took: time, and processor time.</summary>
    public SocketsCost Boot { get; private set; } = None;

    public SocketsCost Announcing { get; private set; } = None;

    public SocketsCost Searching { get; private set; } = None;

    public int Found { get; private set; }

    public int Searches => searches;

    /// <summary>How much the process grew for each node, collected and as the system sees it.</summary>
    public (double Managed, double Resident) BytesPerNode { get; private set; }

    /// <summary>Threads of the process that are there because of the nodes.</summary>
    public int Threads { get; private set; }

    public async Task<SocketsRun> RunAsync(CancellationToken cancellationToken = default)
    {
        var before = Measure();
        var threads = Process.GetCurrentProcess().Threads.Count;
        var watch = Watch([]);
        var network = await TestNetwork.CreateAsync(nodes, cancellationToken: cancellationToken);
        await using (network)
        {
            Boot = watch() with { Requests = Sent(network.Nodes) };
            Threads = Process.GetCurrentProcess().Threads.Count - threads;
            await UseAsync(network.Nodes, cancellationToken);
            var after = Measure();
            BytesPerNode = ((double)(after.Managed - before.Managed) / nodes, (double)(after.Resident - before.Resident) / nodes);
        }

        return this;
    }

    public void Print(TextWriter to)
    {
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{nodes} nodes on 127.0.0.1: up after {Boot.Time.TotalSeconds:0.00} s ({Boot.Processor.TotalSeconds:0.00} s of processor time, {(double)Boot.Requests / nodes:0} requests each), {Threads} threads more"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{topics} topics announced, {parallel} at a time: {Rate(topics, Announcing)}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Found} of {searches} look-ups found, {parallel} at a time: {Rate(searches, Searching)}"));
        to.WriteLine(string.Create(CultureInfo.InvariantCulture, $"memory for each node: {BytesPerNode.Resident / 1024:0} KiB resident, {BytesPerNode.Managed / 1024:0} KiB of it managed"));
    }

    private static string Rate(int count, SocketsCost took) => string.Create(
        CultureInfo.InvariantCulture,
        $"{took.Time.TotalSeconds:0.00} s, {count / took.Time.TotalSeconds:0}/s; {took.Processor.TotalMilliseconds / count:0.00} ms of processor time and {(double)took.Requests / count:0} requests each");

    private static Func<SocketsCost> Watch(IReadOnlyList<DhtNode> network)
    {
        var (began, used, sent) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime, Sent(network));
        return () => new(Stopwatch.GetElapsedTime(began), Environment.CpuUsage.TotalTime - used, Sent(network) - sent);
    }

    private static long Sent(IReadOnlyList<DhtNode> network) => network.Sum(node => node.GetStats().Sent);

    private static (long Managed, long Resident) Measure()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        using var process = Process.GetCurrentProcess();
        return (GC.GetTotalMemory(true), process.WorkingSet64);
    }

    private async Task UseAsync(IReadOnlyList<DhtNode> network, CancellationToken cancellationToken)
    {
        var announced = Enumerable.Range(0, topics).Select(_ => (Topic: NextTopic(), Pair: KeyPair.Generate(_random))).ToArray();
        var plan = Enumerable.Range(0, searches).Select(_ => (What: _random.Next(topics), Who: _random.Next(network.Count))).ToArray();
        var watch = Watch(network);
        await Parallel.ForEachAsync(
            announced.Index(),
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (one, token) => await network[one.Index % network.Count].AnnounceAsync(one.Item.Topic, one.Item.Pair, [], token));
        Announcing = watch();
        watch = Watch(network);
        var found = 0;
        await Parallel.ForEachAsync(
            plan,
            new ParallelOptions { MaxDegreeOfParallelism = parallel, CancellationToken = cancellationToken },
            async (one, token) =>
            {
                var (topic, pair) = announced[one.What];
                var isFound = false;
                await foreach (var reply in network[one.Who].LookupAsync(topic, token)) isFound |= reply.Peers.Any(peer => peer.PublicKey == pair.PublicKey);
                if (isFound) Interlocked.Increment(ref found);
            });
        Searching = watch();
        Found = found;
        foreach (var (_, pair) in announced) pair.Dispose();
    }

    private Topic NextTopic()
    {
        Bytes32 bytes = default;
        _random.Fill(bytes);
        return new Topic(bytes);
    }
}

/// <summary>What a part of a run took.</summary>
internal sealed record SocketsCost(TimeSpan Time, TimeSpan Processor, long Requests);
