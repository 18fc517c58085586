namespace Nashi.Swarm.Protocol;

/// <summary>Peers waiting to be connected: the highest priority first, in random order within one. Pure.</summary>
/// <remarks>The order is random so that a crowd joining at once does not all call the same peer.</remarks>
internal sealed class PeerQueue(IRandom random)
{
    private const int Levels = 5;

    private readonly List<PeerState>[] _levels = [.. Enumerable.Range(0, Levels).Select(_ => new List<PeerState>())];

    /// <summary>How many wait.</summary>
    public int Count => _levels.Sum(level => level.Count);

    /// <summary>Everybody who waits.</summary>
    public IEnumerable<PeerState> All => _levels.SelectMany(level => level);

    /// <summary>Adds a peer at its priority.</summary>
    public void Add(PeerState peer)
    {
        peer.IsQueued = true;
        _levels[peer.Priority].Add(peer);
    }

    /// <summary>Takes the next one that <paramref name="isWanted"/>.</summary>
    public PeerState? Take(Func<PeerState, bool> isWanted)
    {
        for (var priority = Levels - 1; priority >= 0; priority--)
        {
            if (TakeFrom(_levels[priority], isWanted) is { } peer) return peer;
        }

        return null;
    }

    private PeerState? TakeFrom(List<PeerState> level, Func<PeerState, bool> isWanted)
    {
        var start = level.Count == 0 ? 0 : random.Next(level.Count);
        for (var i = 0; i < level.Count; i++)
        {
            var at = (start + i) % level.Count;
            var peer = level[at];
            if (!isWanted(peer)) continue;
            level[at] = level[^1];
            level.RemoveAt(level.Count - 1);
            peer.IsQueued = false;
            return peer;
        }

        return null;
    }
}
