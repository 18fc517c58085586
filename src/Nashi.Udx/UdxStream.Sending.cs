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
            if (_socket is not { } socket) return false;
            var length = _core.WriteMessage(message, packet);
            return length > 0 && socket.TrySend(packet[..length], _remote);
        }
    }

    /// <inheritdoc />
    public void SetMessageHandler(MessageHandler? handler) => _messages = handler;

    private void SendAll(UdxSocket socket, Instant now)
    {
        var batch = (t_batch ??= GC.AllocateUninitializedArray<byte>(BatchBytes + PacketMax, pinned: true)).AsSpan();
        var (used, segment, count) = (0, 0, 0);
        while (true)
        {
            var length = _core.PollTransmit(batch[used..], now);
            if (length == 0) break;
            if (_core.NeedsOldPath) SendByOldPath(batch.Slice(used, length));
            if (segment == 0) segment = length;
            if (length > segment)
            {
                // A larger packet cannot follow smaller ones in one batch.
                Send(socket, batch[..used], segment);
                batch.Slice(used, length).CopyTo(batch);
                (used, segment, count) = (length, length, 1);
                continue;
            }

            used += length;
            count++;
            if (length == segment && count < socket.MaxSegments && used + segment <= BatchBytes) continue;
            Send(socket, batch[..used], segment);
            (used, segment, count) = (0, 0, 0);
        }

        Send(socket, batch[..used], segment);
    }

    private void SendByOldPath(ReadOnlySpan<byte> packet)
    {
        if (_old is not { } old) return;
        Span<byte> copy = stackalloc byte[PacketMax];
        copy = copy[..packet.Length];
        packet.CopyTo(copy);
        PacketHeader.RewriteStreamId(copy, old.RemoteId);
        _ = old.Socket.TrySend(copy, old.Remote);
    }

    // What the system does not take counts as lost and is found out as such.
    private void Send(UdxSocket socket, ReadOnlySpan<byte> bytes, int segment)
    {
        if (!bytes.IsEmpty) _ = socket.SendSegments(bytes, segment, _remote);
    }
}
