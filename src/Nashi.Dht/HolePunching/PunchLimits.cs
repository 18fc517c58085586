namespace Nashi.Dht.HolePunching;

/// <summary>How much a node punches at once: so many server punches, and one random punch at a time with a pause after it.</summary>
/// <remarks>One per node, shared by all its punches. Pure but for its lock. Source: network.md §3.9; threats.md row 12.</remarks>
internal sealed class PunchLimits(TimeSpan randomPause, int maxServerPunches = PunchLimits.DefaultServerPunches)
{
    /// <summary>How many clients a node's servers punch for at once; each costs a socket.</summary>
    public const int DefaultServerPunches = 128;

    /// <summary>The pause between the end of a random punch and the next.</summary>
    public static readonly TimeSpan DefaultPause = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private bool _isRandom;
    private Instant? _lastEnd;
    private int _serverPunches;

    /// <summary>Takes the right to one random punch.</summary>
    /// <returns>False when one is under way or was a moment ago.</returns>
    public bool TryTakeTurn(Instant now)
    {
        lock (_gate)
        {
            if (_isRandom || (_lastEnd is { } last && now - last < randomPause)) return false;
            _isRandom = true;
            return true;
        }
    }

    /// <summary>Gives the turn back; when knocks were sent the pause begins.</summary>
    public void EndTurn(bool wasUsed, Instant now)
    {
        lock (_gate)
        {
            _isRandom = false;
            if (wasUsed) _lastEnd = now;
        }
    }

    /// <summary>Counts one more server punch.</summary>
    /// <returns>False when there are too many.</returns>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (_serverPunches >= maxServerPunches) return false;
            _serverPunches++;
            return true;
        }
    }

    /// <summary>A server punch is over.</summary>
    public void Leave()
    {
        lock (_gate) _serverPunches--;
    }
}
