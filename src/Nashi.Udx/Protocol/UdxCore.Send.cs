namespace Nashi.Udx.Protocol;

/// <content>What is sent, and when it may be.</content>
internal sealed partial class UdxCore
{
    // A sender that was kept waiting may catch up by at most this much at once, in microseconds.
    private const long PacingBurst = 1_000;

    private long _unsent;
    private bool _endWanted;
    private bool _endSent;
    private uint _sendWindow = 4 << 20;
    private uint _windowSequence;
    private uint _windowAck;
    private bool _hasWindow;
    private long _nextSendAt;
    private bool _probePending;
    private bool _heartbeatPending;
    private long _bytesSent;
    private long _packetsSent;
    private long _retransmits;

    private bool HasUnsent => _unsent < _bytes.End || (_endWanted && !_endSent);

    /// <summary>Writes the next packet to send, if there is one that may be sent now.</summary>
    /// <param name="destination">At least 1500 bytes.</param>
    /// <param name="now">The time.</param>
    /// <returns>Its length; 0 when there is none.</returns>
    public int PollTransmit(Span<byte> destination, Instant now)
    {
        if (!_isConnected || IsDone) return 0;
        NeedsOldPath = false;
        Route = PathSide.Current;
        var length = CloseReason is not null ? PollLast(destination) : PollMove(destination);
        if (CloseReason is not null || length > 0)
        {
            if (CloseReason is not null) Route = RouteOf(false);
            return length;
        }

        length = PollPacket(destination, now.Microseconds);
        Route = RouteOf(NeedsOldPath);
        if (length == 0)
        {
            if (_keepAliveAt == long.MaxValue) ArmKeepAlive(now.Microseconds);
            return 0;
        }

        _packetsSent++;
        ArmKeepAlive(now.Microseconds);
        return length;
    }

    /// <summary>Writes an unordered message as one packet.</summary>
    /// <returns>Its length; 0 when it does not fit or the stream is not open.</returns>
    public int WriteMessage(ReadOnlySpan<byte> message, Span<byte> destination)
    {
        if (!_isConnected || CloseReason is not null || message.Length > PayloadMax) return 0;
        message.CopyTo(destination[PacketHeader.Size..]);
        _packetsSent++;
        return WriteHeader(destination, PacketTypes.Message, 0, _sent.Next) + message.Length;
    }

    private int PollLast(Span<byte> destination)
    {
        if (_destroyPending)
        {
            _destroyPending = false;
            return WriteHeader(destination, PacketTypes.Destroy, 0, _sent.Next);
        }

        if (!_ackPending) return 0;
        _ackPending = false;
        return WriteHeader(destination, PacketTypes.None, 0, _sent.Next);
    }

    private int PollPacket(Span<byte> destination, long now)
    {
        if (_probePending && PollProbe(destination, now) is > 0 and var probe) return probe;
        if (MaySend(now))
        {
            if (_lost > 0 && PollLost(destination, now) is > 0 and var repeat) return repeat;
            if (HasUnsent && PollNew(destination, now, ignoreWindow: false) is > 0 and var data) return data;
        }

        if (_heartbeatPending)
        {
            _heartbeatPending = false;
            return WriteHeader(destination, PacketTypes.Heartbeat, 0, _sent.Next);
        }

        NoteAppLimit();
        return _ackPending ? WriteAck(destination) : 0;
    }

    private bool MaySend(long now) => _inflight < _bbr.Cwnd && (_bbr.PacingRate == 0 || _nextSendAt <= now);

    // The tail of a flight was not answered: new data or the last packet again will bring an answer, and with it news of what is missing.
    private int PollProbe(Span<byte> destination, long now)
    {
        _probePending = false;
        if (HasUnsent && PollNew(destination, now, ignoreWindow: true) is > 0 and var fresh) return fresh;
        if (_sent.IsEmpty) return 0;
        var last = _sent.Next - 1;
        ref var packet = ref _sent[last];
        if (packet.State == SentState.Sacked) return 0;
        if (packet.State == SentState.Lost) return 0;
        _inflight -= CostOf(packet);
        return Repeat(last, ref packet, destination, now);
    }

    private int PollLost(Span<byte> destination, long now)
    {
        for (; _lostFrom != _sent.Next; _lostFrom++)
        {
            ref var packet = ref _sent[_lostFrom];
            if (packet.State != SentState.Lost) continue;
            _lost--;
            packet.State = SentState.InFlight;
            return Repeat(_lostFrom++, ref packet, destination, now);
        }

        return 0;
    }

    private int Repeat(uint sequence, ref SentPacket packet, Span<byte> destination, long now)
    {
        packet.IsRetransmitted = true;
        packet.Padding = 0;
        _retransmits++;
        return Emit(sequence, ref packet, destination, now);
    }

    private int PollNew(Span<byte> destination, long now, bool ignoreWindow)
    {
        var available = _bytes.End - _unsent;
        var payload = (int)Math.Min(available, PayloadMax);
        if (!ignoreWindow && payload > 0 && !FitsWindow(payload)) return 0;
        var padding = ProbePadding(payload);
        ref var packet = ref _sent.Add();
        packet.Offset = _unsent;
        packet.Length = (ushort)payload;
        packet.Types = payload > 0 ? PacketTypes.Data : PacketTypes.None;
        packet.Padding = (byte)padding;
        packet.Path = _path;
        _unsent += payload;
        if (_endWanted && _unsent == _bytes.End)
        {
            packet.Types |= PacketTypes.End;
            _endSent = true;
        }

        if (padding > 0) _mtu.HandleSent();
        return Emit(_sent.Next - 1, ref packet, destination, now);
    }

    // With nothing under way at least one packet may go, else a tiny window would stop the stream for good.
    private bool FitsWindow(int payload)
    {
        var outstanding = _unsent - _bytes.Start;
        return outstanding + payload <= _sendWindow || (outstanding == 0 && _sendWindow > 0);
    }

    private int ProbePadding(int payload)
    {
        var wanted = _mtu.Wanted;
        if (wanted == 0 || payload < PayloadMax || _state != LossState.Open || RouteOf(false) == PathSide.Both) return 0;
        return Math.Min(wanted - _mtu.Current, byte.MaxValue);
    }

    private int Emit(uint sequence, ref SentPacket packet, Span<byte> destination, long now)
    {
        if (_inflight == 0)
        {
            _firstSentAt = now;
            _deliveredAt = now;
        }

        NeedsOldPath = packet.Path != _path && packet.Length > PayloadMax;
        packet.State = SentState.InFlight;
        packet.SentAt = now;
        if (!packet.IsRetransmitted) packet.FirstAt = now;
        packet.Delivered = _delivered;
        packet.DeliveredAt = _deliveredAt;
        packet.FirstSentAt = _firstSentAt;
        packet.IsAppLimited = _appLimitedUntil > 0;
        _inflight += CostOf(packet);
        _bytesSent += packet.Length;
        var head = WriteHeader(destination, packet.Types, packet.Padding, sequence);
        destination.Slice(head, packet.Padding).Clear();
        head += packet.Padding;
        _bytes.CopyTo(packet.Offset, destination.Slice(head, packet.Length));
        Pace(head + packet.Length, now);
        // Ranges need a packet of their own; the plain acknowledgement rides along.
        if (_reorder.IsEmpty) _ackPending = false;
        HandleSent(now);
        return head + packet.Length;
    }

    private void Pace(int length, long now)
    {
        if (_bbr.PacingRate <= 0) return;
        _nextSendAt = Math.Max(_nextSendAt, now - PacingBurst) + (long)(length / _bbr.PacingRate);
    }

    private void NoteAppLimit()
    {
        if (_lost == 0 && _bytes.End - _unsent < PayloadMax && _inflight < _bbr.Cwnd) _appLimitedUntil = _delivered + Math.Max(_inflight, 1);
    }

    private int WriteAck(Span<byte> destination)
    {
        _ackPending = false;
        if (_reorder.IsEmpty) return WriteHeader(destination, PacketTypes.None, 0, _sent.Next);
        var ranges = _reorder.WriteRanges(destination[PacketHeader.Size..], SackRangesMax);
        return WriteHeader(destination, PacketTypes.Sack, 0, _sent.Next) + ranges;
    }

    private int WriteHeader(Span<byte> destination, PacketTypes types, byte dataOffset, uint sequence)
    {
        _windowSent = Window;
        new PacketHeader(types, dataOffset, _remoteId, _windowSent, sequence, _expected).Write(destination);
        return PacketHeader.Size;
    }

    // The newest packet decides, as in TCP: an old one that comes late must not shrink the window.
    private void UpdateSendWindow(in PacketHeader header)
    {
        if (Serial.IsBefore(header.Ack, _sent.First)) return;
        var isNewer = !_hasWindow
            || Serial.IsAfter(header.Sequence, _windowSequence)
            || (header.Sequence == _windowSequence && !Serial.IsBefore(header.Ack, _windowAck));
        if (!isNewer) return;
        (_sendWindow, _windowSequence, _windowAck, _hasWindow) = (header.Window, header.Sequence, header.Ack, true);
    }
}
