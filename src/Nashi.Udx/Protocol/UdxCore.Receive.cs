using System.Buffers.Binary;

namespace Nashi.Udx.Protocol;

/// <content>What arrives.</content>
internal sealed partial class UdxCore
{
    private const int SackRangesMax = 50;

    // What a sender may overshoot the window by before its data is dropped.
    private const int WindowSlack = 128 * 1024;

    private int _receiveWindow;
    private long _grownAt;
    private uint _expected;
    private long _unread;
    private bool _ackPending;
    private bool _discards;
    private uint _windowSent;
    private long _bytesReceived;
    private long _packetsReceived;
    private long _invalid;

    // From the cumulative acknowledgement on, as in TCP: what waits behind a gap was counted by the sender already.
    private uint Window => (uint)Math.Max(0, _receiveWindow - _unread);

    /// <summary>Takes one packet for this stream, header included. Never throws, whatever it holds.</summary>
    public void HandlePacket(ReadOnlySpan<byte> packet, Instant now, PathSide side = PathSide.Current)
    {
        if (!PacketHeader.TryRead(packet, out var header))
        {
            _invalid++;
            return;
        }

        _packetsReceived++;
        if (CloseReason is not null)
        {
            HandleLate(header);
            return;
        }

        HandleArrival(header, packet.Length == PacketHeader.Size, side, now.Microseconds);
        if (header.Has(PacketTypes.Heartbeat))
        {
            _ackPending = true;
            return;
        }

        HandleBody(header, packet[PacketHeader.Size..], side, now.Microseconds);
    }

    /// <summary>The application read bytes: there is room for as many more.</summary>
    public void HandleRead(long count)
    {
        _unread -= count;
        // A sender that stopped at our window waits to hear that it may go on.
        if (_windowSent < _receiveWindow / 4 && Window >= _receiveWindow / 2) _ackPending |= _isConnected;
    }

    // Our last word, the acknowledgement of the end or the destroy, was lost.
    private void HandleLate(in PacketHeader header)
    {
        if (!header.Has(PacketTypes.Data | PacketTypes.End | PacketTypes.Heartbeat) || header.Has(PacketTypes.Destroy)) return;
        if (CloseReason!.Kind is UdxCloseKind.Ended) _ackPending = true;
        else if (CloseReason.Kind is UdxCloseKind.Local && _isConnected && ++_destroyRepeats <= DestroyRepeatsMax) _destroyPending = true;
    }

    private void HandleBody(in PacketHeader header, ReadOnlySpan<byte> body, PathSide side, long now)
    {
        var ranges = ReadOnlySpan<byte>.Empty;
        if (header.Has(PacketTypes.Sack))
        {
            var length = header.DataOffset > 0 && header.DataOffset < body.Length ? header.DataOffset : body.Length;
            ranges = body[..length];
            body = body[length..];
        }
        else if (header.DataOffset > body.Length)
        {
            _invalid++;
            return;
        }
        else body = body[header.DataOffset..];

        if (!HandlePayload(header, body, side)) return;
        HandleAck(header, ranges, now);
        CloseIfEnded(now);
    }

    // False when the stream is over.
    private bool HandlePayload(in PacketHeader header, ReadOnlySpan<byte> payload, PathSide side)
    {
        var ahead = Serial.Distance(_expected, header.Sequence);
        if (header.Has(PacketTypes.Destroy) && ahead >= 0)
        {
            // From anywhere else, whoever guesses a number of 32 bits could end streams of others: their address has to be guessed, too.
            if (_isConnected && side == PathSide.None)
            {
                _invalid++;
                return false;
            }

            Close(UdxCloseReason.Reset);
            return false;
        }

        if (header.Has(PacketTypes.Message))
        {
            _sink.OnMessage(payload);
            return true;
        }

        if (!header.Has(PacketTypes.Data | PacketTypes.End)) return true;
        // Old data is acknowledged again: the acknowledgement may have been lost.
        _ackPending = true;
        if (ahead < 0 || IsRemoteEnded) return true;
        if (ahead > 0)
        {
            if (_reorder.TryAdd(_expected, header.Sequence, header.Types, payload)) GrowWindow();
            return true;
        }

        if (_unread + payload.Length > _receiveWindow + (long)WindowSlack) return true;
        Deliver(header.Types, payload);
        DrainReordered();
        return true;
    }

    // Most of the window waits behind a lost packet, and the application is not what it waits for: the window holds the sender back. Each step must be earned by as many bytes delivered.
    private void GrowWindow()
    {
        if (_reorder.Bytes <= _receiveWindow / 2 || _unread > _receiveWindow / 4 || _bytesReceived - _grownAt < _receiveWindow) return;
        if (_receiveWindow >= GrowthMax * (long)_options.ReceiveWindow) return;
        _receiveWindow = (int)Math.Min(2L * _receiveWindow, GrowthMax * (long)_options.ReceiveWindow);
        _reorder.BytesMax = _receiveWindow;
        _grownAt = _bytesReceived;
    }

    private void Deliver(PacketTypes types, ReadOnlySpan<byte> payload)
    {
        _expected++;
        if (types.Has(PacketTypes.Data) && !payload.IsEmpty)
        {
            _bytesReceived += payload.Length;
            if (!_discards)
            {
                _unread += payload.Length;
                _sink.OnData(payload);
            }
        }

        if (!types.Has(PacketTypes.End)) return;
        IsRemoteEnded = true;
        _reorder.Clear();
        _sink.OnEnd();
    }

    private void DrainReordered()
    {
        while (!_reorder.IsEmpty && _reorder.TryTake(_expected, out var packet))
        {
            Deliver(packet.Types, packet.Payload);
            ReorderBuffer.Return(packet);
        }
    }

    private void HandleAck(in PacketHeader header, ReadOnlySpan<byte> ranges, long now)
    {
        if (Serial.IsAfter(header.Ack, _sent.Next))
        {
            _invalid++;
            return;
        }

        UpdateSendWindow(header);
        if (Serial.IsBefore(header.Ack, _sent.First)) return;
        BeginSample();
        var advanced = header.Ack != _sent.First;
        while (_sent.First != header.Ack)
        {
            ref var packet = ref _sent[_sent.First];
            if (packet.State != SentState.Sacked) HandleDelivered(_sent.First, ref packet, now);
            else _sacked--;
            _bytes.Release(packet.Offset + packet.Length);
            _sent.RemoveFirst();
        }

        if (_bytes.Length == 0) _bytes.Clear();
        var least = _sent.First;
        for (var at = 0; at + 8 <= Math.Min(ranges.Length, SackRangesMax * 8); at += 8) HandleRange(ranges.Slice(at, 8), ref least, now);
        _rangesComplete = ranges.Length < SackRangesMax * 8;
        FinishAcks(advanced, now);
    }

    // Ranges ascend; otherwise one packet could have us walk the whole window fifty times.
    private void HandleRange(ReadOnlySpan<byte> range, ref uint least, long now)
    {
        var start = BinaryPrimitives.ReadUInt32LittleEndian(range);
        var end = BinaryPrimitives.ReadUInt32LittleEndian(range[4..]);
        // As distances from the first packet: compared in pairs, three numbers half a circle apart would all be in order, and the walk between them endless.
        var (from, to) = (start - _sent.First, end - _sent.First);
        if (from < least - _sent.First || from >= to || to > (uint)_sent.Count)
        {
            _invalid++;
            return;
        }

        least = end;
        for (var sequence = start; sequence != end; sequence++)
        {
            ref var packet = ref _sent[sequence];
            if (packet.State == SentState.Sacked) continue;
            HandleDelivered(sequence, ref packet, now);
            packet.State = SentState.Sacked;
            _sacked++;
        }
    }
}
