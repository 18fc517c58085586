namespace Nashi.SecretStream.Protocol;

/// <summary>Decides when an idle stream speaks, and when it is dead.</summary>
/// <remarks>
/// Pure: fed with instants. The remote is only blamed while we wait for its bytes: a slow reader of ours never times a peer out.
/// Invariant: an unfinished frame's deadline starts when we first wait for its rest, and moves only as its bytes come.
/// </remarks>
internal sealed class Liveness(SecretStreamOptions options, Instant now)
{
    private const int LeastRate = 16 * 1024;

    private Instant _lastSent = now;
    private Instant _waitingSince = Instant.Never;
    private Instant _frameSince = Instant.Never;
    private int _frameBytes;
    private bool _isEnded;

    /// <summary>When <see cref="PollKeepAlive"/> or <see cref="PollDead"/> should be asked next.</summary>
    public Instant NextDeadline => Instant.Min(KeepAliveAt, Instant.Min(SilenceAt, FrameAt));

    private Instant KeepAliveAt => _isEnded || options.KeepAlive == TimeSpan.Zero ? Instant.Never : _lastSent + options.KeepAlive;

    private Instant SilenceAt => options.Timeout == TimeSpan.Zero || _waitingSince == Instant.Never ? Instant.Never : _waitingSince + options.Timeout;

    private Instant FrameAt => _frameSince == Instant.Never || _waitingSince == Instant.Never
        ? Instant.Never
        : _frameSince + options.FrameTimeout + TimeSpan.FromSeconds((double)_frameBytes / LeastRate);

    /// <summary>Bytes of ours went out.</summary>
    public void HandleSent(Instant now) => _lastSent = now;

    /// <summary>Our side ended: nothing more may be sent.</summary>
    public void HandleEnded() => _isEnded = true;

    /// <summary>We start to wait for bytes, holding so many of an unfinished frame.</summary>
    public void HandleWaiting(Instant now, int frameBytes)
    {
        _waitingSince = now;
        _frameBytes = frameBytes;
        if (frameBytes == 0 || options.FrameTimeout == TimeSpan.Zero) _frameSince = Instant.Never;
        else if (_frameSince == Instant.Never) _frameSince = now;
    }

    /// <summary>Bytes came, or the wait ended otherwise.</summary>
    public void HandleReceived() => _waitingSince = Instant.Never;

    /// <summary>A frame was completed: the next one's time starts anew.</summary>
    public void HandleFrame() => _frameSince = Instant.Never;

    /// <summary>Whether an empty message is due; counts as sent.</summary>
    public bool PollKeepAlive(Instant now)
    {
        if (now < KeepAliveAt) return false;
        _lastSent = now;
        return true;
    }

    /// <summary>Why to give the remote up, or null.</summary>
    public CloseReason? PollDead(Instant now)
    {
        if (now >= SilenceAt) return CloseReason.Timeout;
        return now >= FrameAt ? new CloseReason(CloseKind.Timeout, "The remote did not finish a frame in time.") : null;
    }
}
