namespace Nashi.Udx.Protocol;

/// <content>How long a silent remote is borne: by time, not by count, so that a short repeat interval does not mean an early end.</content>
internal sealed partial class UdxCore
{
    // A timer that comes later than this was not kept waiting by load: the machine or the process slept, and the remote is not to blame.
    private const long SleptAfter = 3_000_000;

    // The last time that something was acknowledged, or began to wait to be.
    private long _progressAt;

    /// <summary>How long what is under way has waited without any of it being acknowledged; zero when nothing is.</summary>
    public TimeSpan SilentFor(Instant now) => _sent.IsEmpty || CloseReason is not null ? TimeSpan.Zero : TimeSpan.FromMicroseconds(Math.Max(0, now.Microseconds - _progressAt));

    /// <summary>Bytes delivered in order so far.</summary>
    public long Received => _bytesReceived;

    /// <summary>Writes a packet that the remote answers, whatever its state.</summary>
    /// <returns>Its length; 0 when the stream is not open.</returns>
    public int WriteHeartbeat(Span<byte> destination)
    {
        if (!_isConnected || CloseReason is not null) return 0;
        _packetsSent++;
        return WriteHeader(destination, PacketTypes.Heartbeat, 0, _sent.Next);
    }

    /// <summary>The path may have changed: speak now, and give the remote its whole time anew.</summary>
    public void Probe(Instant now)
    {
        if (!_isConnected || CloseReason is not null) return;
        if (_sent.IsEmpty)
        {
            _heartbeatPending = true;
            return;
        }

        _progressAt = now.Microseconds;
        HandleRetransmissionTimeout(now.Microseconds);
    }

    private bool IsPatienceOver(long now)
    {
        var late = now - _timeoutAt;
        if (late > SleptAfter && _timeoutAt != long.MaxValue) _progressAt = Math.Min(now, _progressAt + late);
        return now - _progressAt >= (long)_options.Patience.TotalMicroseconds;
    }

    // Once per half timeout: a few packets a second find the moment at which the path is back.
    private long NextRepeat(long now)
    {
        var wait = _rtt.Smoothed == 0 ? _rtt.Timeout : Math.Max(_rtt.Timeout / 2, 2 * _rtt.Smoothed);
        return Math.Min(now + wait, Math.Max(now, _progressAt + (long)_options.Patience.TotalMicroseconds));
    }
}
