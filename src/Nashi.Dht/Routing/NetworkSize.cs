using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Routing;

/// <summary>Estimates how many nodes there are from how near the nearest to some points are, and tells when a set of nodes is too near to be chance. Pure.</summary>
/// <remarks>
/// Ids are spread evenly, so the twentieth nearest of n nodes lies about 20/n of the key space away. Samples come only from points this node chose
/// itself, never from points strangers could prepare. Source: threats.md §3 row 8.
/// </remarks>
internal sealed class NetworkSize
{
    private const int Capacity = 16;
    private const double Margin = 1.5;
    private const double Unlikely = 0.0005;
    // A sample so much higher is not chance: the network has grown.
    private const double Growth = 2;

    private static readonly TimeSpan FreshFor = TimeSpan.FromSeconds(30);

    private readonly double[] _samples = new double[Capacity];
    private int _count;
    private Instant _checkedAt = Instant.Never;

    /// <summary>The estimate; zero when nothing is known.</summary>
    public double Estimate { get; private set; }

    /// <summary>Whether it was checked lately: what is crowded by this estimate is crowded.</summary>
    public bool IsFresh(Instant now) => _checkedAt != Instant.Never && now - _checkedAt < FreshFor;

    /// <summary>The nearest nodes to a point of our choice, nearest first, are known.</summary>
    public void Observe(in Bytes32 target, IReadOnlyList<Bytes32> closest)
    {
        if (closest.Count < RoutingTable.K) return;
        var sample = (closest.Count - 1) / Math.Max(NodeId.Distance(target, closest[^1]), 1e-15);
        if (sample > Estimate * Growth) _count = 0;
        _samples[_count++ % Capacity] = sample;
        var known = _samples.AsSpan(0, Math.Min(_count, Capacity)).ToArray();
        Array.Sort(known);
        Estimate = known[known.Length / 2];
    }

    /// <summary>Observes, because something looked crowded.</summary>
    public void Check(in Bytes32 target, IReadOnlyList<Bytes32> closest, Instant now)
    {
        _checkedAt = now;
        Observe(target, closest);
    }

    /// <summary>Whether so many nodes so near to a point were brought there by somebody.</summary>
    /// <param name="target">The point.</param>
    /// <param name="closest">The nearest nodes, nearest first.</param>
    public bool IsCrowded(in Bytes32 target, IReadOnlyList<Bytes32> closest)
    {
        if (Estimate <= 0) return false;
        for (var count = 3; count <= closest.Count; count++)
        {
            var expected = Margin * Estimate * NodeId.Distance(target, closest[count - 1]);
            if (expected < count && AtLeast(count, expected) < Unlikely) return true;
        }

        return false;
    }

    // The chance that of events which come independently, so many on average, at least count come.
    private static double AtLeast(int count, double average)
    {
        var (term, below) = (Math.Exp(-average), 0.0);
        for (var i = 0; i < count; i++)
        {
            below += term;
            term *= average / (i + 1);
        }

        // What is left after subtracting from one is mostly rounding when it is tiny; then it is tiny enough.
        return 1 - below;
    }
}
