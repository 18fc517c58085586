namespace Nashi.Dht.Life;

/// <summary>Decides when a silent connection is asked for a sign of life, and when its peer is called afresh.</summary>
/// <remarks>
/// Pure; asked about once a second. A call needs two things: nothing heard for two seconds, and something that has been waiting for an answer for one.
/// One call at a time, then a pause of 2, 4, 8, 8 … seconds. A gap between two looks means that we slept, for which the remote is not to blame.
/// </remarks>
/// <param name="keepAlive">How often the connection shows that it lives; zero for one that may not be asked.</param>
/// <param name="began">When it came about.</param>
internal sealed class RevivalCore(TimeSpan keepAlive, Instant began)
{
    private static readonly TimeSpan LeastQuiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UsualKeepAlive = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan AnswerTime = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SleptAfter = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(8);

    // An idle connection that is meant to speak seldom is left in peace for longer.
    private readonly TimeSpan _quiet = keepAlive > UsualKeepAlive ? keepAlive - UsualKeepAlive + LeastQuiet : LeastQuiet;
    private long _received = -1;
    private Instant _heardAt = began;
    private Instant _lookedAt = began;
    private Instant _askedAt = Instant.Never;
    private Instant _callsAt = began;
    private TimeSpan _pause = FirstPause;
    private bool _isCalling;

    /// <summary>Looks at the connection.</summary>
    /// <param name="received">Packets received so far.</param>
    /// <param name="unanswered">How long something has been under way without an answer; zero when nothing is.</param>
    /// <param name="mayCall">Whether anybody could be called: while the node hears nobody at all, calls only cost time, and its own look-out is enough.</param>
    /// <param name="now">Now.</param>
    public RevivalStep Look(long received, TimeSpan unanswered, bool mayCall, Instant now)
    {
        var hasSlept = now - _lookedAt > SleptAfter;
        _lookedAt = now;
        if (received != _received) return Hear(received, now);
        if (hasSlept) (_heardAt, _askedAt) = (now, Instant.Never);
        var quiet = now - _heardAt;
        if (unanswered == TimeSpan.Zero && (keepAlive == TimeSpan.Zero || quiet < _quiet)) return RevivalStep.None;
        if (quiet < LeastQuiet) return RevivalStep.None;
        var mayAsk = unanswered == TimeSpan.Zero;
        if (_askedAt == Instant.Never) _askedAt = mayAsk ? now : Instant.Max(now - unanswered, _heardAt);
        if (mayCall && !_isCalling && now >= _callsAt && now - _askedAt >= AnswerTime) return Call();
        return mayAsk ? RevivalStep.Ask : RevivalStep.None;
    }

    /// <summary>The call is over, whatever came of it.</summary>
    public void HandleCallEnded(Instant now)
    {
        _isCalling = false;
        _callsAt = now + _pause;
        _pause = TimeSpan.FromTicks(Math.Min(_pause.Ticks * 2, LongestPause.Ticks));
    }

    private RevivalStep Call()
    {
        _isCalling = true;
        return RevivalStep.Call;
    }

    private RevivalStep Hear(long received, Instant now)
    {
        (_received, _heardAt, _askedAt, _pause) = (received, now, Instant.Never, FirstPause);
        return _isCalling ? RevivalStep.Calm : RevivalStep.None;
    }
}
