using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>Who waits at a relay for whom, and who has found whom. Pure: no I/O, no clock.</summary>
/// <remarks>A session is named by a number. Its limits bound what strangers can make the relay remember; whoever waits too long is forgotten.</remarks>
internal sealed class PairTable(int maxPairs, int maxPairsPerSession, TimeSpan patience)
{
    private readonly Dictionary<Bytes32, Waiting> _waiting = [];
    private readonly Dictionary<Bytes32, (int First, int Second)> _active = [];
    private readonly Dictionary<int, int> _perSession = [];

    /// <summary>How many wait.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>How many pairs there are.</summary>
    public int ActiveCount => _active.Count;

    /// <summary>A session asks to be paired.</summary>
    /// <param name="seat">Who, in which role.</param>
    /// <param name="token">For what.</param>
    /// <param name="now">The present.</param>
    /// <param name="other">The counterpart, when it was there already.</param>
    public PairOutcome Pair(PairSeat seat, Bytes32 token, Instant now, out PairSeat? other)
    {
        other = null;
        if (_active.ContainsKey(token)) return PairOutcome.Repeated;
        if (_waiting.TryGetValue(token, out var waiting))
        {
            if (waiting.Seat.IsInitiator == seat.IsInitiator) return PairOutcome.Repeated;
            if (CountOf(seat.Session) >= maxPairsPerSession) return PairOutcome.Refused;
            other = waiting.Seat;
            _waiting.Remove(token);
            _active.Add(token, (other.Session, seat.Session));
            Count(seat.Session, 1);
            return PairOutcome.Matched;
        }

        if (_waiting.Count + _active.Count >= maxPairs || CountOf(seat.Session) >= maxPairsPerSession) return PairOutcome.Refused;
        _waiting.Add(token, new Waiting(seat, now + patience));
        Count(seat.Session, 1);
        return PairOutcome.Waiting;
    }

    /// <summary>A pairing is off, if it is one of the session's: nobody else can end it.</summary>
    /// <param name="session">Who says so.</param>
    /// <param name="token">Which.</param>
    /// <param name="wasActive">Whether the two had been joined.</param>
    public bool TryRemove(int session, Bytes32 token, out bool wasActive)
    {
        wasActive = false;
        if (_waiting.TryGetValue(token, out var waiting))
        {
            if (waiting.Seat.Session != session) return false;
            _waiting.Remove(token);
            Count(session, -1);
            return true;
        }

        if (!_active.TryGetValue(token, out var pair) || (pair.First != session && pair.Second != session)) return false;
        wasActive = true;
        Remove(token, pair);
        return true;
    }

    /// <summary>A pair is over.</summary>
    public void Remove(Bytes32 token)
    {
        if (_active.TryGetValue(token, out var pair)) Remove(token, pair);
    }

    /// <summary>What a session takes part in.</summary>
    public IReadOnlyList<Bytes32> TokensOf(int session)
    {
        if (CountOf(session) == 0) return [];
        return
        [
            .. _waiting.Where(entry => entry.Value.Seat.Session == session).Select(entry => entry.Key),
            .. _active.Where(entry => entry.Value.First == session || entry.Value.Second == session).Select(entry => entry.Key),
        ];
    }

    /// <summary>Forgets who waited too long.</summary>
    public IReadOnlyList<(PairSeat Seat, Bytes32 Token)> Expire(Instant now)
    {
        (PairSeat, Bytes32)[] late = [.. _waiting.Where(entry => now >= entry.Value.Deadline).Select(entry => (entry.Value.Seat, entry.Key))];
        foreach (var (seat, token) in late) _ = TryRemove(seat.Session, token, out _);
        return late;
    }

    /// <summary>How many pairings a session takes part in.</summary>
    public int CountOf(int session) => _perSession.GetValueOrDefault(session);

    private void Remove(Bytes32 token, (int First, int Second) pair)
    {
        _active.Remove(token);
        Count(pair.First, -1);
        Count(pair.Second, -1);
    }

    private void Count(int session, int by)
    {
        var count = CountOf(session) + by;
        if (count == 0) _perSession.Remove(session);
        else _perSession[session] = count;
    }

    private sealed record Waiting(PairSeat Seat, Instant Deadline);
}
