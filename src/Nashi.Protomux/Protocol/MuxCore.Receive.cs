using System.Buffers;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Protomux.Protocol;

internal sealed partial class MuxCore
{
    /// <summary>What a held-back message costs besides its bytes, as the reference counts.</summary>
    private const int MessageCost = 512;

    private const int MaxHandshakeSize = 64 * 1024;

    private readonly Queue<MuxEvent> _events = new();
    private ReadOnlyMemory<byte> _input;
    private ulong _batchChannel;
    private int _buffered;
    private bool _isFailed;
    private bool _overRejected;

    /// <summary>Whether part of the last frame is still to be read.</summary>
    public bool HasInput => !_input.IsEmpty;

    /// <summary>Whether the last frame is a batch.</summary>
    public bool IsBatch { get; private set; }

    /// <summary>Whether reading waits until pairings are decided, because too much is held back for them.</summary>
    public bool IsPaused => _buffered > options.MaxBufferedBytes || _pendingOpens > options.MaxPendingOpens;

    /// <summary>Takes a frame, which must stay valid until <see cref="HasInput"/> is false. Empty frames are nothing.</summary>
    public void HandleFrame(ReadOnlyMemory<byte> frame)
    {
        IsBatch = false;
        if (_isShutdown || _isFailed) return;
        _input = frame;
        var reader = new CompactReader(frame.Span);
        if (!reader.TryReadUInt(out var channel) || channel != 0) return;
        if (!reader.TryReadUInt(out var type) || type != (ulong)MuxControl.Batch) return;
        IsBatch = reader.TryReadUInt(out _batchChannel);
        if (IsBatch) _input = frame[^reader.Remaining..];
    }

    /// <summary>The next thing that happened; false when there is none now.</summary>
    public bool PollEvent(out MuxEvent next)
    {
        while (true)
        {
            if (_events.TryDequeue(out next))
            {
                if (Admit(next)) return true;
                continue;
            }

            if (_overRejected) Fail(CloseKind.LimitExceeded, "The remote does not read our rejections.", out next);
            else if (!HasInput || IsPaused) return false;
            else Step(out next);
            if (next.Kind == MuxEventKind.Violation || next.Channel is not null || next.Key.Protocol is not null) return true;
        }
    }

    /// <summary>Gives back an event's bytes.</summary>
    public static void Release(in MuxEvent done)
    {
        if (done.Pooled is not null) ArrayPool<byte>.Shared.Return(done.Pooled);
    }

    private bool Admit(in MuxEvent next)
    {
        if (next.Pooled is not null) _buffered -= MessageCost + next.Payload.Length;
        var channel = next.Channel;
        if (next.Kind == MuxEventKind.Close || channel is null) return true;
        if (channel.IsClosed)
        {
            Release(next);
            return false;
        }

        if (next.Kind == MuxEventKind.DeferredClose)
        {
            CloseChannel(channel, isRemote: true);
            return false;
        }

        if (next.Kind == MuxEventKind.Open) channel.IsOpened = true;
        return true;
    }

    private void Step(out MuxEvent next)
    {
        if (IsBatch)
        {
            StepBatch(out next);
            return;
        }

        var reader = new CompactReader(_input.Span);
        var ok = reader.TryReadUInt(out var channel);
        var body = _input[^reader.Remaining..];
        _input = default;
        if (ok) Deliver(channel, body, out next);
        else Malformed("a frame has no channel", out next);
    }

    private void StepBatch(out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(_input.Span);
        var ok = reader.TryReadUInt(out var length);
        if (ok && length == 0)
        {
            ok = reader.TryReadUInt(out _batchChannel);
            _input = _input[^reader.Remaining..];
            if (!ok) Malformed("a batch switches to no channel", out next);
            return;
        }

        if (!ok || length > (ulong)reader.Remaining)
        {
            Malformed("a batch ends inside a message", out next);
            return;
        }

        var rest = _input[^reader.Remaining..];
        _input = rest[(int)length..];
        Deliver(_batchChannel, rest[..(int)length], out next);
    }

    private void Deliver(ulong channel, ReadOnlyMemory<byte> body, out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(body.Span);
        if (!reader.TryReadUInt(out var type))
        {
            Malformed("a message has no type", out next);
            return;
        }

        var payload = body[^reader.Remaining..];
        if (channel == 0)
        {
            Control(type, payload, out next);
            return;
        }

        // Unknown numbers may be messages that crossed our close; unknown types may come from a newer peer.
        if (channel > (ulong)_remote.Count || type > int.MaxValue || _remote[(int)channel - 1] is not { } slot) return;
        if (slot.Channel is null) Hold(slot, (int)type, payload.Span);
        else next = new() { Kind = MuxEventKind.Message, Channel = slot.Channel, Type = (int)type, Payload = payload };
    }

    private void Hold(RemoteSlot slot, int type, ReadOnlySpan<byte> payload)
    {
        if (slot.IsClosedByRemote) return;
        var copy = ArrayPool<byte>.Shared.Rent(Math.Max(1, payload.Length));
        payload.CopyTo(copy);
        slot.Pending ??= [];
        slot.Pending.Add(new() { Kind = MuxEventKind.Message, Type = type, Payload = copy.AsMemory(0, payload.Length), Pooled = copy });
        _buffered += MessageCost + payload.Length;
    }

    private void Drop(in MuxEvent held)
    {
        _buffered -= MessageCost + held.Payload.Length;
        Release(held);
    }

    private void Control(ulong type, ReadOnlyMemory<byte> body, out MuxEvent next)
    {
        next = default;
        switch (type)
        {
            case (ulong)MuxControl.Batch:
                Malformed(IsBatch ? "a batch inside a batch" : "a batch without a channel", out next);
                break;
            case (ulong)MuxControl.Open:
                ReceiveOpen(body, out next);
                break;
            case (ulong)MuxControl.Reject:
                ReceiveReject(body.Span, out next);
                break;
            case (ulong)MuxControl.Close:
                ReceiveClose(body.Span, out next);
                break;
        }
    }

    private void ReceiveOpen(ReadOnlyMemory<byte> body, out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(body.Span);
        if (!reader.TryReadInt32(out var remoteId) || !reader.TryReadString(ChannelOptions.MaxProtocolSize, out var protocol)
            || !reader.TryReadBuffer(ChannelOptions.MaxIdSize, out var id))
        {
            Malformed("an open is cut short or too long", out next);
            return;
        }

        var index = remoteId - 1;
        if (index < 0 || index > _remote.Count || (index < _remote.Count && _remote[index] is not null))
        {
            Malformed("an open takes a channel number out of turn", out next);
            return;
        }

        if (index == options.MaxRemoteChannels)
        {
            Fail(CloseKind.LimitExceeded, "The remote opened too many channels.", out next);
            return;
        }

        if (index == _remote.Count) _remote.Add(null);
        var handshake = body[^reader.Remaining..];
        var pairing = Find(ChannelKey.Of(protocol, id));
        if (pairing.Outgoing.Count > 0) AnswerOurs(pairing, remoteId, handshake, out next);
        else if (handshake.Length > MaxHandshakeSize) Fail(CloseKind.LimitExceeded, "The remote sent too long a channel handshake.", out next);
        else Ask(pairing, remoteId, protocol, id.ToArray(), handshake, out next);
    }

    private void AnswerOurs(Pairing pairing, int remoteId, ReadOnlyMemory<byte> handshake, out MuxEvent next)
    {
        next = default;
        var localId = pairing.Outgoing[0];
        pairing.Outgoing.RemoveAt(0);
        if (_local[localId - 1].Channel is not { } channel)
        {
            // We closed it meanwhile; the remote learns that from our close, which came after our open.
            FreeLocal(localId - 1);
            Collect(pairing);
            return;
        }

        _local[localId - 1] = new(channel, null);
        _remote[remoteId - 1] = new RemoteSlot { Channel = channel };
        channel.RemoteId = remoteId;
        channel.IsOpened = true;
        next = new() { Kind = MuxEventKind.Open, Channel = channel, Payload = handshake };
    }

    private void Ask(Pairing pairing, int remoteId, string protocol, byte[] id, ReadOnlyMemory<byte> handshake, out MuxEvent next)
    {
        _remote[remoteId - 1] = new RemoteSlot { Handshake = handshake.ToArray() };
        pairing.Incoming.Enqueue(remoteId);
        pairing.Asking++;
        _pendingOpens++;
        next = new() { Kind = MuxEventKind.Pair, Key = ChannelKey.Of(protocol, id), Payload = id };
    }

    private void ReceiveReject(ReadOnlySpan<byte> body, out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(body);
        if (!reader.TryReadInt32(out var localId) || localId < 1 || localId > _local.Count || _local[localId - 1].Waiting is not { } pairing)
        {
            Malformed("a rejection of a channel that is not waiting", out next);
            return;
        }

        _ = pairing.Outgoing.Remove(localId);
        if (_local[localId - 1].Channel is { } channel) CloseChannel(channel, isRemote: true);
        FreeLocal(localId - 1);
        Collect(pairing);
    }

    private void ReceiveClose(ReadOnlySpan<byte> body, out MuxEvent next)
    {
        next = default;
        var reader = new CompactReader(body);
        if (!reader.TryReadUInt(out var remoteId))
        {
            Malformed("a close has no channel", out next);
            return;
        }

        if (remoteId == 0 || remoteId > (ulong)_remote.Count || _remote[(int)remoteId - 1] is not { } slot) return;
        if (slot.Channel is { } channel) CloseChannel(channel, isRemote: true);
        else slot.IsClosedByRemote = true;
    }

    private void Malformed(string what, out MuxEvent next) => Fail(CloseKind.ProtocolViolation, $"The remote broke the channel protocol: {what}.", out next);

    private void Fail(CloseKind kind, string message, out MuxEvent next)
    {
        _isFailed = true;
        _overRejected = false;
        DropInput();
        next = new() { Kind = MuxEventKind.Violation, Reason = new CloseReason(kind, message) };
    }

    private void DropInput()
    {
        _input = default;
        foreach (var slot in _remote)
        {
            if (slot is not { Pending: { } held }) continue;
            foreach (var message in held) Drop(message);
            slot.Pending = null;
        }
    }
}
