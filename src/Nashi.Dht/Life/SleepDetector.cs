namespace Nashi.Dht.Life;

/// <summary>Finds out, from being asked regularly, that the machine or the process slept meanwhile.</summary>
/// <remarks>
/// Pure. Two signs: the monotonic clock ran on although nobody asked (a stopped process), or the wall clock ran ahead of the monotonic one (a machine that
/// slept, where the monotonic clock stands still). A wall clock that is set forward looks the same; to wake up once too often does no harm.
/// </remarks>
internal sealed class SleepDetector(TimeSpan threshold)
{
    private Instant? _lastAsked;
    private DateTimeOffset _lastWall;

    /// <summary>Whether more than the threshold was slept since the last call.</summary>
    /// <param name="now">Monotonic time.</param>
    /// <param name="wall">Wall-clock time.</param>
    public bool HasSlept(Instant now, DateTimeOffset wall)
    {
        if (_lastAsked is not { } asked)
        {
            (_lastAsked, _lastWall) = (now, wall);
            return false;
        }

        var ran = now - asked;
        var drift = wall - _lastWall - ran;
        (_lastAsked, _lastWall) = (now, wall);
        return ran > threshold || drift > threshold;
    }
}
