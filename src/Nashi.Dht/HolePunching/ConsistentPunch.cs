namespace Nashi.Dht.HolePunching;

/// <summary>Knocks ten times, ever more slowly; at addresses that are not verified every fourth time only.</summary>
/// <remarks>So an address somebody lied about receives two datagrams. The reference knocks once a second; it is met either way. Source: network.md §3.9.</remarks>
internal sealed class ConsistentPunch : IPunchStrategy
{
    // Milliseconds after the start. The first few make up for a lost knock, the last for a peer that started late.
    private static readonly int[] Rounds = [0, 150, 400, 1000, 2000, 3000, 4000, 6000, 8000, 10_000];
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly IReadOnlyList<PunchTarget> _targets;
    private readonly Instant _start;
    private int _round;

    /// <summary>Starts at once, or a round later: a server has knocked already when it answered.</summary>
    public ConsistentPunch(IReadOnlyList<PunchTarget> targets, bool isInitiator, Instant now)
    {
        _targets = targets;
        _start = isInitiator ? now : now + TimeSpan.FromMilliseconds(Rounds[1]);
        NextTimeout = _start;
    }

    /// <inheritdoc />
    public Instant NextTimeout { get; private set; }

    /// <inheritdoc />
    public void HandleTimeout(ICollection<PunchKnock> knocks, Instant now)
    {
        if (now < NextTimeout) return;
        if (_round == Rounds.Length)
        {
            NextTimeout = Instant.Never;
            return;
        }

        _round++;
        foreach (var target in _targets)
        {
            if (target.Address.Port != 0 && (target.IsVerified || _round % 4 == 0)) knocks.Add(new(target.Address, false));
        }

        NextTimeout = _round < Rounds.Length ? _start + TimeSpan.FromMilliseconds(Rounds[_round]) : now + Grace;
    }
}
