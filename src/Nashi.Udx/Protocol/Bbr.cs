namespace Nashi.Udx.Protocol;

/// <summary>Congestion control by a model of the path: its bandwidth and its round-trip time (BBR version 1). Spec: network.md §1.6; draft-cardwell-iccrg-bbr.</summary>
/// <remarks>Sender-local: nothing of it is on the wire. Bytes and microseconds throughout.</remarks>
internal sealed class Bbr
{
    private const double HighGain = 2.88539;
    private const double CwndGain = 2.0;
    private const double PacingMargin = 0.99;
    private const int InitialPackets = 10;
    private const int MinPackets = 4;
    private const int CycleLength = 8;
    private const long ProbeRttInterval = 10_000_000;
    private const long ProbeRttDuration = 200_000;
    private const double GrowthTarget = 1.25;
    private const int GrowthRounds = 3;
    private const int BandwidthWindow = 10;

    // Ack aggregation is credited for at most this long at full bandwidth.
    private const long ExtraAckedMax = 100_000;

    private WindowedMax _bandwidth = new(BandwidthWindow);
    private WindowedMax _extraAcked = new(BandwidthWindow);
    private int _payload = MtuSearch.Base - 48;
    private long _round;
    private long _nextRoundDelivered;
    private bool _roundStart;
    private double _fullBandwidth;
    private int _fullRounds;
    private bool _isFull;
    private int _cycle;
    private long _cycleAt;
    private long _minRtt;
    private long _spread;
    private long _minRttAt;
    private long _probeRttDoneAt;
    private bool _probeRttRound;
    private long _cwndBeforeProbe;
    private long _ackEpochAt;
    private long _ackEpochBytes;

    public BbrMode Mode { get; private set; } = BbrMode.Startup;

    /// <summary>Bytes that may be under way.</summary>
    public long Cwnd { get; private set; } = InitialPackets * (MtuSearch.Base - 48);

    /// <summary>Bytes per microsecond; zero for "as fast as the window lets".</summary>
    public double PacingRate { get; private set; }

    /// <summary>Bytes per microsecond that the path delivered lately.</summary>
    public double Bandwidth => _bandwidth.Value;

    public void SetPayload(int bytes) => _payload = bytes;

    /// <summary>
    /// Tells how the round-trip time varies. On a path with jitter the least time is luck: a window made from it alone would be smaller than what fits,
    /// the bandwidth measured with it smaller again, and so on down. Never more than what is really seen on average, so that a queue stays bounded.
    /// </summary>
    public void SetRtt(long mean, long jitter) => _spread = Math.Clamp(2 * jitter, 0, Math.Max(0, mean - _minRtt));

    /// <summary>Takes what a batch of acknowledgements told.</summary>
    public void HandleAcks(in RateSample sample, long delivered, long inflight, long now)
    {
        CountRound(sample, delivered);
        if (sample.Bandwidth > 0 && (!sample.IsAppLimited || sample.Bandwidth >= _bandwidth.Value)) _bandwidth.Add(sample.Bandwidth, _round);
        CountAggregation(sample, now);
        CheckFullPipe(sample);
        CheckDrain(inflight, now);
        AdvanceCycle(sample, inflight, now);
        UpdateMinRtt(sample, inflight, now);
        SetPacingRate();
        SetCwnd(sample, inflight);
    }

    /// <summary>A whole timeout passed without news: start small, keep the model.</summary>
    public void HandleTimeout(long inflight) => Cwnd = Math.Max(inflight + _payload, MinCwnd);

    private long MinCwnd => MinPackets * (long)_payload;

    private double PacingGain => Mode switch
    {
        BbrMode.Startup => HighGain,
        BbrMode.Drain => 1 / HighGain,
        BbrMode.ProbeBandwidth when _cycle == 0 => 1.25,
        BbrMode.ProbeBandwidth when _cycle == 1 => 0.75,
        _ => 1,
    };

    private double WindowGain => Mode switch
    {
        BbrMode.Startup or BbrMode.Drain => HighGain,
        BbrMode.ProbeRtt => 1,
        _ => CwndGain,
    };

    private long Bdp(double gain) => _minRtt == 0 || Bandwidth == 0 ? InitialPackets * (long)_payload : (long)(gain * Bandwidth * (_minRtt + _spread));

    private void CountRound(in RateSample sample, long delivered)
    {
        _roundStart = sample.AckedBytes > 0 && sample.PriorDelivered >= _nextRoundDelivered;
        if (!_roundStart) return;
        _nextRoundDelivered = delivered;
        _round++;
    }

    // Acks that come in bursts would otherwise leave the window empty between bursts.
    private void CountAggregation(in RateSample sample, long now)
    {
        if (Bandwidth == 0) return;
        var expected = Bandwidth * (now - _ackEpochAt);
        if (_ackEpochBytes <= expected) (_ackEpochBytes, _ackEpochAt, expected) = (0, now, 0);
        _ackEpochBytes += sample.AckedBytes;
        _extraAcked.Add(Math.Min(_ackEpochBytes - expected, Cwnd), _round);
    }

    private void CheckFullPipe(in RateSample sample)
    {
        if (_isFull || !_roundStart || sample.IsAppLimited) return;
        if (Bandwidth >= _fullBandwidth * GrowthTarget)
        {
            (_fullBandwidth, _fullRounds) = (Bandwidth, 0);
            return;
        }

        _isFull = ++_fullRounds >= GrowthRounds;
    }

    private void CheckDrain(long inflight, long now)
    {
        if (Mode == BbrMode.Startup && _isFull) Mode = BbrMode.Drain;
        if (Mode == BbrMode.Drain && inflight <= Bdp(1)) StartCruising(now);
    }

    private void StartCruising(long now)
    {
        Mode = BbrMode.ProbeBandwidth;
        (_cycle, _cycleAt) = (2, now);
    }

    private void AdvanceCycle(in RateSample sample, long inflight, long now)
    {
        if (Mode != BbrMode.ProbeBandwidth) return;
        var isOver = now - _cycleAt > _minRtt;
        var next = _cycle switch
        {
            // Push until the extra is really under way, or something was lost by it.
            0 => isOver && (sample.LostBytes > 0 || inflight >= Bdp(1.25)),
            1 => isOver || inflight <= Bdp(1),
            _ => isOver,
        };
        if (next) (_cycle, _cycleAt) = ((_cycle + 1) % CycleLength, now);
    }

    private void UpdateMinRtt(in RateSample sample, long inflight, long now)
    {
        var isStale = _minRtt != 0 && now - _minRttAt > ProbeRttInterval;
        if (sample.Rtt > 0 && (_minRtt == 0 || sample.Rtt <= _minRtt || isStale)) (_minRtt, _minRttAt) = (sample.Rtt, now);
        if (isStale && Mode != BbrMode.ProbeRtt)
        {
            Mode = BbrMode.ProbeRtt;
            _cwndBeforeProbe = Cwnd;
            _probeRttDoneAt = 0;
        }

        if (Mode != BbrMode.ProbeRtt) return;
        if (_probeRttDoneAt == 0 && inflight <= MinCwnd) (_probeRttDoneAt, _probeRttRound) = (now + ProbeRttDuration, false);
        if (_probeRttDoneAt == 0) return;
        _probeRttRound |= _roundStart;
        if (_probeRttRound && now >= _probeRttDoneAt) LeaveProbeRtt(now);
    }

    private void LeaveProbeRtt(long now)
    {
        _minRttAt = now;
        Cwnd = Math.Max(Cwnd, _cwndBeforeProbe);
        if (_isFull) StartCruising(now);
        else Mode = BbrMode.Startup;
    }

    private void SetPacingRate()
    {
        if (Bandwidth == 0) return;
        var rate = PacingGain * Bandwidth * PacingMargin;
        // Until the pipe was full once, the rate only grows.
        if (_isFull || rate > PacingRate) PacingRate = rate;
    }

    private void SetCwnd(in RateSample sample, long inflight)
    {
        if (Mode == BbrMode.ProbeRtt)
        {
            Cwnd = Math.Min(Cwnd, MinCwnd);
            return;
        }

        var extra = _isFull ? (long)Math.Min(_extraAcked.Value, Bandwidth * ExtraAckedMax) : 0;
        // Room for bursts of the receiver's own acknowledgement batches.
        var target = Bdp(WindowGain) + extra + (3L * _payload);
        if (_isFull) Cwnd = Math.Min(Cwnd + sample.AckedBytes, target);
        else if (Cwnd < target || inflight >= Cwnd - sample.AckedBytes) Cwnd += sample.AckedBytes;
        Cwnd = Math.Max(Cwnd, MinCwnd);
    }
}
