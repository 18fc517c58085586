using System.Buffers;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

public sealed partial class SecretStream
{
    private const int SmallMessage = 2048;

    private readonly Lock _boxGate = new();
    private readonly UnorderedBox _box;
    private readonly IMessagePort? _port;
    private MessageHandler? _messageHandler;

    /// <summary>The longest unordered message that fits one datagram now, in bytes; zero when the raw stream carries none.</summary>
    public int MaxMessageSize => _port is null ? 0 : Math.Max(0, _port.MaxMessageSize - UnorderedBox.Overhead);

    /// <summary>Sends one encrypted message beside the stream, which may be lost, repeated or reordered.</summary>
    /// <returns>False when it is too long, the raw stream carries none, or the stream is closed.</returns>
    public bool TrySendMessage(ReadOnlySpan<byte> message)
    {
        if (_port is null || message.Length > MaxMessageSize) return false;
        var size = message.Length + UnorderedBox.Overhead;
        var pooled = size > SmallMessage ? ArrayPool<byte>.Shared.Rent(size) : null;
        var box = pooled is null ? stackalloc byte[size] : pooled.AsSpan(0, size);
        var sent = TrySeal(message, box) && _port.TrySendMessage(box);
        if (pooled is not null) ArrayPool<byte>.Shared.Return(pooled);
        return sent;
    }

    /// <summary>Sets who receives the remote's unordered messages. Anyone on the path can repeat them: the handler must bear that.</summary>
    public void SetMessageHandler(MessageHandler? handler) => Volatile.Write(ref _messageHandler, handler);

    private bool TrySeal(ReadOnlySpan<byte> message, Span<byte> box)
    {
        lock (_boxGate)
        {
            if (_closed.IsClosed) return false;
            if (_box.TrySeal(message, box)) return true;
        }

        Abort(new CloseReason(CloseKind.NonceExhausted, "The counter of unordered messages is used up."));
        return false;
    }

    private void ReceiveUnordered(ReadOnlySpan<byte> box)
    {
        var handler = Volatile.Read(ref _messageHandler);
        if (handler is null || box.Length < UnorderedBox.Overhead || _closed.IsClosed) return;
        var size = box.Length - UnorderedBox.Overhead;
        var pooled = size > SmallMessage ? ArrayPool<byte>.Shared.Rent(size) : null;
        var message = pooled is null ? stackalloc byte[size] : pooled.AsSpan(0, size);
        if (_box.TryOpen(box, message)) handler(message);
        if (pooled is not null) ArrayPool<byte>.Shared.Return(pooled);
    }
}
