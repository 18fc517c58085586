using Nashi.Datagrams;

namespace Nashi.TcpRelay.Protocol;

/// <summary>Decides which datagrams of one client leave the relay, so that it is no tool for floods and scans.</summary>
/// <remarks>
/// A destination that answers receives as much as the client's rate allows. One that does not receives some packets, and a trickle after them; and new ones come at
/// a bounded rate. Owned by one session. Pure. Reasons and figures: docs/relay-over-tcp.md.
/// </remarks>
internal sealed class EgressGuard(EgressLimits limits, Instant now)
{
    /// <summary>How many destinations are remembered.</summary>
    public const int DestinationsMax = 4096;

    private const int PortMin = 1024;

    private static readonly TimeSpan AnsweredFor = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ForgetAfter = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan SweepEvery = TimeSpan.FromSeconds(5);

    private readonly Dictionary<UdpAddress, Destination> _destinations = [];
    private readonly RateLimit _new = new(limits.NewDestinationsPerSecond, limits.NewDestinationsAtOnce, now);
    private readonly RateLimit _bytes = new(limits.BytesPerSecond, limits.Burst, now);
    private Instant _sweptAt = now;

    /// <summary>How many destinations it remembers now.</summary>
    public int Count => _destinations.Count;

    /// <summary>Judges a datagram of the client.</summary>
    public Verdict Judge(ReadOnlySpan<byte> datagram, UdpAddress to, Instant now)
    {
        if (to.Port < PortMin || !IsAllowed(to)) return Verdict.Forbidden;
        if (!StackPackets.IsOurs(datagram)) return Verdict.Foreign;
        if (!_destinations.TryGetValue(to, out var destination))
        {
            if (!HasRoom(now) || !_new.TryTake(1, now)) return Verdict.TooManyDestinations;
            _destinations[to] = destination = new Destination(limits, now);
        }

        destination.UsedAt = now;
        if (!destination.HasAnsweredSince(now - AnsweredFor) && !destination.Unanswered.TryTake(datagram.Length, now)) return Verdict.Unanswered;
        return _bytes.TryTake(datagram.Length, now) ? Verdict.Pass : Verdict.OverRate;
    }

    /// <summary>A datagram came from somebody: it may be answered.</summary>
    public void HandleHeard(UdpAddress from, Instant now)
    {
        if (!_destinations.TryGetValue(from, out var destination))
        {
            // Strangers must not fill the table: half of it is for those whom the client speaks to first.
            if (_destinations.Count >= DestinationsMax / 2 && !HasSwept(now, DestinationsMax / 2)) return;
            _destinations[from] = destination = new Destination(limits, now);
        }

        destination.UsedAt = now;
        destination.HandleHeard(now);
    }

    private bool IsAllowed(UdpAddress to) => AddressRange.IsGlobal(to) || (limits.AllowPrivate && AddressRange.IsNearby(to));

    private bool HasRoom(Instant now) => _destinations.Count < DestinationsMax || HasSwept(now, DestinationsMax);

    // At most every five seconds, so that a full table costs a client's flood nothing but a look.
    private bool HasSwept(Instant now, int limit)
    {
        if (now - _sweptAt < SweepEvery) return false;
        _sweptAt = now;
        foreach (var (address, destination) in _destinations)
        {
            if (now - destination.UsedAt >= ForgetAfter) _destinations.Remove(address);
        }

        return _destinations.Count < limit;
    }

    private sealed class Destination(EgressLimits limits, Instant now)
    {
        private Instant? _heardAt;

        public Instant UsedAt { get; set; } = now;

        public RateLimit Unanswered { get; private set; } = new(limits.UnansweredPerSecond, limits.UnansweredAtOnce, now);

        public bool HasAnsweredSince(Instant moment) => _heardAt >= moment;

        public void HandleHeard(Instant now)
        {
            if (_heardAt is not { } before || now - before >= AnsweredFor) Unanswered = new(limits.UnansweredPerSecond, limits.UnansweredAtOnce, now);
            _heardAt = now;
        }
    }
}
