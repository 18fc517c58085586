namespace Nashi.Hypercore.Replication.Protocol;

/// <summary>How many requests to keep under way to one peer: twice what its bandwidth and delay can hold, within limits of count and bytes.</summary>
/// <remarks>
/// A round ends when a request made after its start is answered. The rate of the best recent round times the shortest delay is what fits the path; while
/// the window is what limits us and rounds get faster, it doubles.
/// </remarks>
internal sealed class RequestWindow
{
    private const double SmallBytes = 128 * 1024;

    private static readonly TimeSpan Epoch = TimeSpan.FromSeconds(10);

    private readonly int _min, _max;
    private readonly long _maxBytes;
    private int _size;
    private double _averageBytes;
    private TimeSpan _minDelay = TimeSpan.MaxValue, _nextMinDelay = TimeSpan.MaxValue;
    private Instant _epochStart, _roundStart;
    private int _roundAnswers;
    private double _bestRate;

    public RequestWindow(int min, int max, long maxBytes)
    {
        (_min, _max, _maxBytes) = (min, max, maxBytes);
        _size = min;
    }

    /// <summary>The most requests to have under way.</summary>
    public int Size => _averageBytes <= 0 ? _size : Math.Min(Math.Max(_size, SmallSize), (int)Math.Max(2, _maxBytes / _averageBytes));

    // So little is under way on any path: small blocks need not wait for the window to learn.
    private int SmallSize => (int)Math.Min(_max, SmallBytes / Math.Max(1, _averageBytes));

    /// <summary>The shortest delay seen lately; zero when none was.</summary>
    public TimeSpan Delay => _minDelay == TimeSpan.MaxValue ? TimeSpan.Zero : _minDelay;

    public void HandleAnswer(Instant sent, int bytes, Instant now)
    {
        var delay = now - sent;
        _averageBytes = _averageBytes <= 0 ? bytes : _averageBytes + ((bytes - _averageBytes) / 8);
        if (now - _epochStart >= Epoch)
        {
            _minDelay = _nextMinDelay;
            _nextMinDelay = TimeSpan.MaxValue;
            _epochStart = now;
        }

        if (delay < _minDelay) _minDelay = delay;
        if (delay < _nextMinDelay) _nextMinDelay = delay;
        _roundAnswers++;
        if (sent >= _roundStart) EndRound(now);
    }

    private void EndRound(Instant now)
    {
        var elapsed = now - _roundStart;
        if (elapsed > TimeSpan.Zero && _roundAnswers >= _size / 2)
        {
            var rate = _roundAnswers / elapsed.TotalSeconds;
            var isFaster = rate > _bestRate * 1.1;
            _bestRate = Math.Max(rate, _bestRate * 0.95);
            var fits = (2 * _bestRate * _minDelay.TotalSeconds) + _min;
            _size = (int)Math.Clamp(isFaster ? Math.Max(_size * 2.0, fits) : fits, _min, _max);
        }

        _roundStart = now;
        _roundAnswers = 0;
    }
}
