using System.Buffers;

namespace Nashi.SecretStream;

/// <summary>One direction of an in-memory connection: messages queued in pooled arrays until they are read.</summary>
/// <remarks>Thread-safe. Invariant: <c>_bytes</c> is the sum of what <c>_messages</c> holds.</remarks>
internal sealed class MessageQueue(int highWaterMark)
{
    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Array, int Length)> _messages = new();
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _drained;
    private byte[]? _lent;
    private long _bytes;
    private bool _ended;

    /// <summary>Whether no more messages are accepted.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_gate) return _ended;
        }
    }

    /// <summary>Queues a message; false when the queue is over its mark or ended.</summary>
    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        var length = prefix.Length + body.Length;
        var array = ArrayPool<byte>.Shared.Rent(length);
        prefix.CopyTo(array);
        body.CopyTo(array.AsSpan(prefix.Length));
        lock (_gate)
        {
            if (_ended)
            {
                ArrayPool<byte>.Shared.Return(array);
                return false;
            }

            _messages.Enqueue((array, length));
            _bytes += length;
            Release(ref _readable);
            return _bytes < highWaterMark;
        }
    }

    /// <summary>Completes when the queue is below its mark, empty or ended.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            if (_ended || _bytes < highWaterMark) return Task.CompletedTask;
            _drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Takes the next message if there is one; false with a task to wait on if there is none yet.</summary>
    public bool TryRead(out MessageReadResult result, out Task readable)
    {
        readable = Task.CompletedTask;
        lock (_gate)
        {
            GiveBack();
            if (_messages.TryDequeue(out var message))
            {
                _lent = message.Array;
                _bytes -= message.Length;
                if (_bytes < highWaterMark) Release(ref _drained);
                result = new(message.Array.AsMemory(0, message.Length), IsCompleted: false);
                return true;
            }

            result = MessageReadResult.Completed;
            if (_ended) return true;
            _readable ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            readable = _readable.Task;
            return false;
        }
    }

    /// <summary>Accepts no more messages; what is queued can still be read unless <paramref name="discard"/>.</summary>
    public void End(bool discard)
    {
        lock (_gate)
        {
            _ended = true;
            while (discard && _messages.TryDequeue(out var message)) ArrayPool<byte>.Shared.Return(message.Array);
            if (discard) _bytes = 0;
            Release(ref _readable);
            Release(ref _drained);
        }
    }

    private void GiveBack()
    {
        if (_lent is null) return;
        ArrayPool<byte>.Shared.Return(_lent);
        _lent = null;
    }

    private static void Release(ref TaskCompletionSource? waiting)
    {
        waiting?.SetResult();
        waiting = null;
    }
}
