using Nashi.Datagrams;

namespace Nashi.Dht.HolePunching;

/// <summary>Our port stays, the remote's changes: tries its ports, one after the other, while it holds 256 or more of them open for us.</summary>
/// <remarks>
/// Each probe hits with a chance of about 1 in 252, so it is the pace that counts. The reference probes every 20 ms (median 3.5 s, p90 11.6 s); five
/// are 200 datagrams of 29 bytes a second (median 0.9 s, p90 2.9 s). After 1 200 probes, which suffice 99 times in 100, it slows down to the
/// reference's pace; it never sends more than <see cref="MaxKnocks"/>. Ports do not repeat. Source: network.md §3.9; threats.md row 12.
/// </remarks>
internal sealed class RandomPunch : IPunchStrategy
{
    /// <summary>Between two probes at first.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(5);

    /// <summary>Between two probes later.</summary>
    public static readonly TimeSpan SlowPace = TimeSpan.FromMilliseconds(20);

    /// <summary>How many probes there are in all.</summary>
    public const int MaxKnocks = 1750;

    private const int QuickKnocks = 1200;
    // A timer that comes late makes up for it, but not with a flood.
    private const int MaxBurst = 8;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly UdpAddress _host;
    private readonly PortOrder _ports;
    private int _sent;

    /// <summary>Starts at once.</summary>
    /// <param name="host">The verified host; its port, if any, is one that was seen of it.</param>
    /// <param name="random">Decides where to begin.</param>
    /// <param name="now">The present.</param>
    public RandomPunch(UdpAddress host, IRandom random, Instant now)
    {
        _host = host;
        _ports = new PortOrder(random, host.Port);
        NextTimeout = now;
    }

    /// <inheritdoc />
    public Instant NextTimeout { get; private set; }

    /// <inheritdoc />
    public void HandleTimeout(ICollection<PunchKnock> knocks, Instant now)
    {
        if (_sent == MaxKnocks && now >= NextTimeout) NextTimeout = Instant.Never;
        for (var burst = 0; now >= NextTimeout && burst < MaxBurst && _sent < MaxKnocks; burst++)
        {
            knocks.Add(new(_host.WithPort(_ports.Next()), false));
            _sent++;
            NextTimeout = _sent == MaxKnocks ? now + Grace : NextTimeout + (_sent < QuickKnocks ? Pace : SlowPace);
        }

        NextTimeout = Instant.Max(NextTimeout, now);
    }
}
