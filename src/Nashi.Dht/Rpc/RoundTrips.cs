namespace Nashi.Dht.Rpc;

/// <summary>How long an answer may take before a request is repeated. Pure.</summary>
/// <remarks>
/// One estimate for all nodes (RFC 6298): the first repeat comes sooner than the reference's second when the network is quick, so that a query steps
/// over dead nodes; later ones wait the full second.
/// </remarks>
internal sealed class RoundTrips
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(300);

    private double _mean;
    private double _deviation;
    private int _samples;

    /// <summary>A request was answered at its first attempt.</summary>
    public void Add(TimeSpan time)
    {
        var ms = time.TotalMilliseconds;
        _deviation = _samples == 0 ? ms / 2 : (0.75 * _deviation) + (0.25 * Math.Abs(ms - _mean));
        _mean = _samples++ == 0 ? ms : (0.875 * _mean) + (0.125 * ms);
    }

    /// <summary>How long the given attempt (1 is the first) waits.</summary>
    public TimeSpan Timeout(int attempt)
    {
        if (attempt > 1 || _samples < 8) return Longest;
        var time = TimeSpan.FromMilliseconds(_mean + (4 * _deviation));
        return time < Shortest ? Shortest : time > Longest ? Longest : time;
    }
}
