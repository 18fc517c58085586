using System.Diagnostics;
using Nashi.Simulation.Nodes;

namespace Nashi.Simulation.Runs;

/// <summary>A network that lives for a while: grows, is used, and loses nodes.</summary>
internal sealed class NetworkRun(WorldOptions options, TimeSpan time, int topics, double searchesPerSecond)
{
    public World World { get; } = new(options);

    public IReadOnlyList<Search> Searches { get; private set; } = [];

    public double StoredAt { get; private set; }

    public long BytesPerNode { get; private set; }

    public TimeSpan GrowTook { get; private set; }

    public TimeSpan LifeTook { get; private set; }

    public double AllocatedPerEvent { get; private set; }

    public double Found => Searches.Count == 0 ? 0 : (double)Searches.Count(search => search.IsFound) / Searches.Count;

    public double Hops => Searches.Count == 0 ? 0 : Searches.Average(search => search.HopsToNearest);

    public NetworkRun Run()
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var watch = Stopwatch.StartNew();
        World.Grow();
        GrowTook = watch.Elapsed;
        BytesPerNode = (GC.GetTotalMemory(forceFullCollection: true) - before) / options.Nodes;
        var (allocated, events) = (GC.GetTotalAllocatedBytes(), World.Net.Events);
        watch.Restart();
        World.Churn();
        var traffic = new Traffic(World, topics, searchesPerSecond);
        traffic.Start();
        World.Net.Run(time);
        LifeTook = watch.Elapsed;
        AllocatedPerEvent = (double)(GC.GetTotalAllocatedBytes() - allocated) / Math.Max(1, World.Net.Events - events);
        Searches = traffic.Searches;
        StoredAt = traffic.Announcements == 0 ? 0 : (double)traffic.Stored / traffic.Announcements;
        return this;
    }

    public void Print(TextWriter to)
    {
        var net = World.Net;
        var took = GrowTook + LifeTook;
        to.WriteLine($"nodes {options.Nodes}, of them {World.Nodes.Count(node => node.Nat != NatKind.Open)} behind translators; loss {options.Loss:P1}; {net.Now.Milliseconds / 60000.0:0.0} min; {World.Deaths} died; seed {options.Seed}");
        to.WriteLine($"look-ups {Searches.Count}: found {Found:P3}, {Searches.Count(s => !s.IsFound)} not; each announcement stored at {StoredAt:0.0} nodes");
        if (Searches.Count > 0)
        {
            to.WriteLine($"hops to the nearest node {Hops:0.00} (most {Searches.Max(s => s.HopsToNearest)}), to the first that had it {Searches.Where(s => s.IsFound).Average(s => s.HopsToFirst):0.00}; requests {Searches.Average(s => s.Requests):0.0} each");
            to.WriteLine($"first hit median {Quantile(0.5, s => s.TimeToFirst)} ms, p95 {Quantile(0.95, s => s.TimeToFirst)}, p99 {Quantile(0.99, s => s.TimeToFirst)}; whole query median {Quantile(0.5, s => s.Time)} ms, p95 {Quantile(0.95, s => s.Time)}");
        }

        to.WriteLine($"{net.Events} events in {took.TotalSeconds:0.0} s: {net.Events / took.TotalSeconds / 1000:0} thousand a second; {AllocatedPerEvent:0} bytes allocated an event; {BytesPerNode / 1024.0:0.0} KiB a node");
        to.WriteLine($"{net.Sent} datagrams, {net.Bytes / Math.Max(1, net.Sent)} bytes on average, {(double)net.Lost / Math.Max(1, net.Sent):P1} lost");
        to.WriteLine($"trace {net.Trace:x16}");
    }

    private long Quantile(double q, Func<Search, TimeSpan> of)
    {
        var sorted = Searches.Where(search => search.IsFound).Select(of).Order().ToArray();
        return sorted.Length == 0 ? 0 : (long)sorted[(int)(q * (sorted.Length - 1))].TotalMilliseconds;
    }
}
