namespace Nashi.Udx.Protocol;

/// <content>What acknowledgements tell: round-trip time, bandwidth, losses. Spec: network.md §1.5 (RACK-TLP, RFC 8985).</content>
internal sealed partial class UdxCore
{
    private const int DuplicateThreshold = 3;

    // Round trips for which a packet that came late is remembered.
    private const int ReorderMemory = 16;

    private long _inflight;
    private long _delivered;
    private long _deliveredAt;
    private long _firstSentAt;
    private long _appLimitedUntil;
    private int _sacked;
    private int _lost;
    private uint _lostFrom;
    private uint _fack;
    private bool _hasFack;
    private long _rackSentAt;
    private uint _rackSequence;
    private long _rackRtt;
    private bool _rackIsRepeat;
    private bool _reorderingSeen;
    private ReorderExtent _reordering;
    private bool _rangesComplete = true;
    private LossState _state;
    private uint _recoveryEnd;

    // One round of acknowledgements, for the bandwidth sample.
    private long _sampleAcked;
    private long _sampleLost;
    private long _sampleRtt;
    private long _samplePriorDelivered;
    private long _samplePriorAt;
    private long _sampleSendElapsed;
    private long _sampleNewest;
    private bool _sampleAppLimited;

    private static long CostOf(in SentPacket packet) => packet.Length + PacketHeader.Size;

    private void BeginSample()
    {
        (_sampleAcked, _sampleLost, _sampleRtt, _samplePriorDelivered, _sampleNewest, _sampleAppLimited) = (0, 0, 0, -1, -1, false);
        _mtu.Start();
    }

    private void HandleDelivered(uint sequence, ref SentPacket packet, long now)
    {
        var cost = CostOf(packet);
        if (packet.State == SentState.InFlight) _inflight -= cost;
        else if (packet.State == SentState.Lost) _lost--;
        _delivered += cost;
        _deliveredAt = now;
        _sampleAcked += cost;
        var rtt = now - packet.SentAt;
        if (!packet.IsRetransmitted)
        {
            _rtt.AddEach(rtt);
            if (packet.SentAt >= _sampleNewest) _sampleRtt = Math.Max(rtt, 1);
            if (_hasFack && Serial.IsBefore(sequence, _fack)) NoteReordering(rtt, now);
        }
        else if (rtt < _rtt.Min) NoteReordering(now - packet.FirstAt, now);

        if (packet.SentAt >= _sampleNewest) TakeSample(packet);
        if (packet.Padding > 0 && packet.Path == _path) _mtu.HandleAcked(_ipHeader + PacketHeader.Size + packet.Padding + packet.Length);
        if (!_hasFack || Serial.IsAfter(sequence + 1, _fack)) (_fack, _hasFack) = (sequence + 1, true);
        UpdateRack(sequence, packet, rtt);
    }

    // A packet that was not lost came later than others sent after it: so late may others come. With more holes than one packet tells of, the news is late, not the packet.
    private void NoteReordering(long rtt, long now)
    {
        if (!_rangesComplete) return;
        _reorderingSeen = true;
        _reordering.Add(rtt - _rackRtt, now, ReorderMemory * _rtt.Smoothed);
    }

    private void TakeSample(in SentPacket packet)
    {
        _sampleNewest = packet.SentAt;
        _samplePriorDelivered = packet.Delivered;
        _samplePriorAt = packet.DeliveredAt;
        _sampleSendElapsed = packet.SentAt - packet.FirstSentAt;
        _sampleAppLimited = packet.IsAppLimited;
        _firstSentAt = packet.SentAt;
    }

    private void UpdateRack(uint sequence, in SentPacket packet, long rtt)
    {
        // A repeat that was answered faster than the path allows: the answer was to the original.
        if (packet.IsRetransmitted && rtt < _rtt.Min) return;
        var isNewer = packet.SentAt > _rackSentAt || (packet.SentAt == _rackSentAt && Serial.IsAfter(sequence + 1, _rackSequence));
        if (!isNewer) return;
        (_rackSentAt, _rackSequence, _rackRtt, _rackIsRepeat) = (packet.SentAt, sequence + 1, rtt, packet.IsRetransmitted);
    }

    private void FinishAcks(bool advanced, long now)
    {
        if (_sampleRtt > 0)
        {
            _rtt.Add(_sampleRtt, now);
            _tlpAllowed = true;
        }

        if (advanced)
        {
            _timeouts = 0;
            if (_hasFack && Serial.IsBefore(_fack, _sent.First)) _fack = _sent.First;
            if (Serial.IsBefore(_lostFrom, _sent.First)) _lostFrom = _sent.First;
            if (_state != LossState.Open && !Serial.IsBefore(_sent.First, _recoveryEnd)) _state = LossState.Open;
        }

        if (_sampleAcked > 0)
        {
            DetectLosses(now);
            _bbr.SetPayload(PayloadMax);
            _bbr.SetRtt(_rtt.Mean, _rtt.Jitter);
            _bbr.HandleAcks(MakeSample(), _delivered, _inflight, now);
        }

        if (advanced || _sampleAcked > 0) ArmTimers(now);
    }

    private RateSample MakeSample()
    {
        if (_samplePriorDelivered < 0) return new(0, _sampleRtt, _sampleAcked, _sampleLost, 0, IsAppLimited: true);
        if (_appLimitedUntil > 0 && _delivered > _appLimitedUntil) _appLimitedUntil = 0;
        // The slower of the rates of sending and of arriving: bursts of either kind say too much.
        var elapsed = Math.Max(_sampleSendElapsed, _deliveredAt - _samplePriorAt);
        var bandwidth = elapsed > 0 && elapsed >= _rtt.Min / 2 ? (_delivered - _samplePriorDelivered) / (double)elapsed : 0;
        return new(bandwidth, _sampleRtt, _sampleAcked, _sampleLost, _samplePriorDelivered, _sampleAppLimited);
    }

    private void DetectLosses(long now)
    {
        _reorderAt = long.MaxValue;
        // In order so far, and the newest news is of a first sending: nothing before it is missing.
        if (_sacked == 0 && !_rackIsRepeat) return;
        var window = ReorderWindow();
        for (var sequence = _sent.First; sequence != _sent.Next; sequence++)
        {
            ref var packet = ref _sent[sequence];
            if (packet.State != SentState.InFlight) continue;
            var isOlder = packet.SentAt < _rackSentAt || (packet.SentAt == _rackSentAt && Serial.IsBefore(sequence + 1, _rackSequence));
            if (!isOlder) continue;
            var due = packet.SentAt + _rackRtt + window;
            if (due <= now) MarkLost(sequence, ref packet);
            else _reorderAt = Math.Min(_reorderAt, due);
        }
    }

    private long ReorderWindow()
    {
        if (!_reorderingSeen && (_state != LossState.Open || _sacked >= DuplicateThreshold)) return 0;
        return Math.Min(Math.Max(_rtt.Min / 4, _reordering.Value), Math.Max(_rtt.Smoothed, 2 * _rtt.Mean));
    }

    private void MarkLost(uint sequence, ref SentPacket packet)
    {
        packet.State = SentState.Lost;
        _inflight -= CostOf(packet);
        _sampleLost += CostOf(packet);
        if (_lost == 0 || Serial.IsBefore(sequence, _lostFrom)) _lostFrom = sequence;
        _lost++;
        if (packet.Padding > 0)
        {
            // Too large for the path, most likely: no sign of congestion.
            packet.Padding = 0;
            if (packet.Path == _path) _mtu.HandleLost();
            return;
        }

        if (_state != LossState.Open) return;
        _state = LossState.Recovery;
        _recoveryEnd = _sent.Next;
    }
}
