namespace Nashi.Dht.HolePunching;

/// <summary>Knocks once a second, at most ten times; at addresses that are not verified every fourth time only.</summary>
/// <remarks>So an address somebody lied about receives two datagrams. Source: network.md §3.9.</remarks>
internal sealed class ConsistentPunch : IPunchStrategy
{
    /// <summary>Between two rounds.</summary>
    public static readonly TimeSpan Pace = TimeSpan.FromSeconds(1);

    /// <summary>How many rounds.</summary>
    public const int Rounds = 10;

    private int _round;

    /// <summary>Starts at once, or a second later: a server has knocked already when it answered.</summary>
    public ConsistentPunch(bool isInitiator, Instant now) => NextTimeout = isInitiator ? now : now + Pace;

    /// <inheritdoc />
    public Instant NextTimeout { get; private set; }

    /// <inheritdoc />
    public void HandleTimeout(IReadOnlyList<PunchTarget> targets, ICollection<PunchKnock> knocks, Instant now)
    {
        if (now < NextTimeout) return;
        if (_round == Rounds)
        {
            NextTimeout = Instant.Never;
            return;
        }

        _round++;
        foreach (var target in targets)
        {
            if (target.IsVerified || _round % 4 == 0) knocks.Add(new(target.Address, false));
        }

        NextTimeout = now + Pace;
    }
}
