using Nashi.Datagrams;
using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <content>Packets to the socket, in batches of equal size.</content>
public sealed partial class UdxStream
{
    private const int PacketMax = 1500;
    private const int BatchBytes = 62_000;

    [ThreadStatic]
    private static byte[]? t_batch;

    /// <inheritdoc />
    public int MaxMessageSize
    {
        get
        {
            lock (_gate) return _core.PayloadMax;
        }
    }

    /// <inheritdoc />
    public bool TrySendMessage(ReadOnlySpan<byte> message)
    {
        Span<byte> packet = stackalloc byte[PacketMax];
        lock (_gate)
        {
            if (_path is not { } path) return false;
            var length = _core.WriteMessage(message, packet);
            return length > 0 && path.Socket.TrySend(packet[..length], path.Remote);
        }
    }

    /// <inheritdoc />
    public void SetMessageHandler(MessageHandler? handler) => _messages = handler;

    private void SendAll(Instant now)
    {
        var batch = (t_batch ??= GC.AllocateUninitializedArray<byte>(BatchBytes + PacketMax, pinned: true)).AsSpan();
        var maxSegments = _path!.Socket.MaxSegments;
        var (used, segment, count, route) = (0, 0, 0, PathSide.None);
        while (true)
        {
            var length = _core.PollTransmit(batch[used..], now);
            if (length == 0) break;
            if (segment == 0) (segment, route) = (length, _core.Route);
            if (length > segment || route != _core.Route)
            {
                // A larger packet cannot follow smaller ones in one batch, nor one that goes elsewhere.
                Send(batch[..used], segment, route);
                batch.Slice(used, length).CopyTo(batch);
                (used, segment, count, route) = (length, length, 1, _core.Route);
                continue;
            }

            used += length;
            count++;
            if (length == segment && count < maxSegments && used + segment <= BatchBytes) continue;
            Send(batch[..used], segment, route);
            (used, segment, count) = (0, 0, 0);
        }

        Send(batch[..used], segment, route);
    }

    // What the system does not take counts as lost and is found out as such.
    private void Send(Span<byte> bytes, int segment, PathSide route)
    {
        if (bytes.IsEmpty) return;
        if ((route & PathSide.Current) != PathSide.None) _ = _path!.Socket.SendSegments(bytes, segment, _path.Remote);
        if ((route & PathSide.Other) == PathSide.None || _other is not { } other) return;
        for (var at = 0; at < bytes.Length; at += segment) PacketHeader.RewriteStreamId(bytes[at..], other.RemoteId);
        _ = other.Socket.SendSegments(bytes, segment, other.Remote);
    }
}
