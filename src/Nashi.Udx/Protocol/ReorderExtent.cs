namespace Nashi.Udx.Protocol;

/// <summary>How much later than its successors a packet was heard of, at most, lately. In microseconds.</summary>
internal struct ReorderExtent
{
    private long _current;
    private long _before;
    private long _since;

    public readonly long Value => Math.Max(_current, _before);

    /// <summary>Takes one that came late.</summary>
    /// <param name="lateness">How late.</param>
    /// <param name="now">The time.</param>
    /// <param name="memory">How long it is remembered at least.</param>
    public void Add(long lateness, long now, long memory)
    {
        Age(now, memory);
        _current = Math.Max(_current, lateness);
    }

    public void Age(long now, long memory)
    {
        if (now - _since < memory) return;
        _before = now - _since < 2 * memory ? _current : 0;
        (_current, _since) = (0, now);
    }
}
