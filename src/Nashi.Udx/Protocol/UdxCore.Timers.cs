namespace Nashi.Udx.Protocol;

/// <content>Deadlines. Spec: network.md §1.4–1.5.</content>
internal sealed partial class UdxCore
{
    // Acks may be held back this long by the other side's timer.
    private const long AckSlack = 2_000;

    // On loopback two round trips are less than the remote's thread may take to be scheduled.
    private const long TailMin = 1_000;

    private long _timeoutAt = long.MaxValue;
    private long _tailAt = long.MaxValue;
    private long _reorderAt = long.MaxValue;
    private long _zeroWindowAt = long.MaxValue;
    private long _keepAliveAt = long.MaxValue;
    private bool _tlpAllowed;
    private int _timeouts;
    private long _timeoutsTotal;

    /// <summary>When <see cref="HandleTimeout"/> wants to be called; null for never.</summary>
    public Instant? NextTimeout
    {
        get
        {
            if (IsDone) return null;
            var at = CloseReason is not null ? _lingerUntil : Math.Min(Math.Min(Math.Min(_timeoutAt, _tailAt), Math.Min(_reorderAt, _zeroWindowAt)), Math.Min(Math.Min(_keepAliveAt, _moveAt), PacedAt));
            return at == long.MaxValue ? null : new Instant(at);
        }
    }

    // Half a burst later than the first packet may go: then a batch may.
    private long PacedAt =>
        _isConnected && _bbr.PacingRate > 0 && (_lost > 0 || (HasUnsent && IsWindowOpen)) && _inflight < _bbr.Cwnd ? _nextSendAt + (PacingBurst / 2) : long.MaxValue;

    private bool IsWindowOpen => _unsent == _bytes.End || FitsWindow((int)Math.Min(_bytes.End - _unsent, PayloadMax));

    /// <summary>Does what is due. Drain <see cref="PollTransmit"/> afterwards.</summary>
    public void HandleTimeout(Instant instant)
    {
        var now = instant.Microseconds;
        if (CloseReason is not null)
        {
            IsDone |= now >= _lingerUntil;
            return;
        }

        if (now >= _reorderAt)
        {
            _sampleLost = 0;
            DetectLosses(now);
        }

        if (now >= _tailAt)
        {
            (_tailAt, _probePending, _tlpAllowed) = (long.MaxValue, true, false);
        }

        if (now >= _zeroWindowAt) HandleZeroWindow(now);
        if (now >= _keepAliveAt)
        {
            _heartbeatPending = true;
            ArmKeepAlive(now);
        }

        HandleMoveTimeout(now);
        if (now >= _timeoutAt) HandleRetransmissionTimeout(now);
    }

    /// <summary>Data waits although nothing is under way: the remote's window is shut. Call after the last <see cref="PollTransmit"/>.</summary>
    public void CheckZeroWindow(Instant now)
    {
        var isShut = CloseReason is null && _isConnected && _sent.IsEmpty && _unsent < _bytes.End && !IsWindowOpen;
        if (!isShut) _zeroWindowAt = long.MaxValue;
        else if (_zeroWindowAt == long.MaxValue) _zeroWindowAt = now.Microseconds + _rtt.Timeout;
    }

    private void HandleZeroWindow(long now)
    {
        _heartbeatPending = true;
        _zeroWindowAt = now + (2 * _rtt.Timeout);
    }

    private void ArmKeepAlive(long now)
    {
        if (_options.KeepAlive > TimeSpan.Zero) _keepAliveAt = now + (long)_options.KeepAlive.TotalMicroseconds;
    }

    private void HandleSent(long now)
    {
        if (_timeoutAt == long.MaxValue) (_timeoutAt, _progressAt) = (now + _rtt.Timeout, now);
        ArmTail(now);
    }

    private void ArmTimers(long now)
    {
        if (_sent.IsEmpty)
        {
            (_timeoutAt, _tailAt, _reorderAt) = (long.MaxValue, long.MaxValue, long.MaxValue);
            return;
        }

        (_timeoutAt, _progressAt) = (now + _rtt.Timeout, now);
        ArmTail(now);
    }

    private void ArmTail(long now)
    {
        _tailAt = long.MaxValue;
        if (_state != LossState.Open || _sacked > 0 || _sent.IsEmpty || (!_tlpAllowed && _rtt.Smoothed > 0)) return;
        var wait = _rtt.Smoothed == 0 ? RttEstimator.InitialTimeout : Math.Max(2 * _rtt.Smoothed, TailMin) + (_sent.Count == 1 ? AckSlack : 0);
        _tailAt = Math.Min(now + wait, _timeoutAt);
        // The timeout does all that a probe would.
        if (_tailAt >= _timeoutAt) _tailAt = long.MaxValue;
    }

    private void HandleRetransmissionTimeout(long now)
    {
        _timeouts++;
        _timeoutsTotal++;
        if (IsPatienceOver(now))
        {
            Close(UdxCloseReason.TimedOut);
            return;
        }

        _sampleLost = 0;
        var old = now - _rackRtt - ReorderWindow();
        for (var sequence = _sent.First; sequence != _sent.Next; sequence++)
        {
            ref var packet = ref _sent[sequence];
            if (packet.State == SentState.InFlight && (sequence == _sent.First || packet.SentAt <= old)) MarkLost(sequence, ref packet);
        }

        _state = LossState.Loss;
        _recoveryEnd = _sent.Next;
        _bbr.HandleTimeout(_inflight);
        _nextSendAt = Math.Min(_nextSendAt, now);
        (_tailAt, _reorderAt) = (long.MaxValue, long.MaxValue);
        _timeoutAt = NextRepeat(now);
    }
}
