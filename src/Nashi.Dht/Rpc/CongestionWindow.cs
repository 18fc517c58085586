namespace Nashi.Dht.Rpc;

/// <summary>How many requests may be on their way at once: so many per 750 ms, so many over 3 s. Pure. Source: network.md §2.5.</summary>
internal sealed class CongestionWindow(int max)
{
    private readonly int[] _sent = new int[4];
    private int _at;
    private int _total;

    /// <summary>Whether the next request has to wait.</summary>
    public bool IsFull => _sent[_at] >= max || _total >= 2 * max;

    /// <summary>Whether nothing was sent lately.</summary>
    public bool IsEmpty => _total == 0;

    /// <summary>A request was sent.</summary>
    public void Sent()
    {
        _sent[_at]++;
        _total++;
    }

    /// <summary>A request was answered or given up.</summary>
    public void Settled()
    {
        if (_sent[_at] == 0) return;
        _sent[_at]--;
        _total--;
    }

    /// <summary>750 ms went by.</summary>
    public void Turn()
    {
        _at = (_at + 1) & 3;
        _total -= _sent[_at];
        _sent[_at] = 0;
    }
}
