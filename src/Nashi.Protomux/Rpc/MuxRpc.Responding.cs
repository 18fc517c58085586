using System.Buffers;
using Nashi.Encoding;
using Nashi.Protomux.Rpc.Protocol;

namespace Nashi.Protomux.Rpc;

public sealed partial class MuxRpc
{
    private readonly Dictionary<string, Responder> _responders = [];
    private readonly Queue<Incoming> _queue = new();
    private long _heldBytes;
    private int _handling;
    private bool _isDispatching;

    private bool TryHandleRequest(ReadOnlyMemory<byte> payload)
    {
        if (!RpcRequestMessage.TryDecode(payload, out var id, out var method, out var value)) return false;
        if (value.Length > _options.MaxValueSize) Refuse(id, $"A value has at most {_options.MaxValueSize} bytes.");
        else if (TryEnqueue(id, method, value)) Dispatch();
        else Refuse(id, "Too many requests at once.");
        return true;
    }

    private bool TryEnqueue(ulong id, string method, ReadOnlyMemory<byte> value)
    {
        lock (_gate)
        {
            if (_queue.Count >= _options.MaxQueuedRequests || _heldBytes + value.Length > _options.MaxQueuedBytes) return false;
            _heldBytes += value.Length;
            _queue.Enqueue(new(id, method, value.ToArray()));
            return true;
        }
    }

    private void Refuse(ulong id, string why)
    {
        if (id == 0) return;
        // Refusals are cheap, but not free: a remote that asks on and reads nothing is shown the door.
        if (Volatile.Read(ref _isFull)) Expel("the remote asks on without reading answers");
        else Answer(id, new RpcError(RpcErrorCodes.RequestError, "Request failed", new(why, RpcErrorCodes.LimitExceeded)), []);
    }

    private void Dispatch()
    {
        lock (_gate)
        {
            if (_isDispatching || !CanStart()) return;
            _isDispatching = true;
        }

        _ = ThreadPool.UnsafeQueueUserWorkItem(static rpc => rpc.StartHandlers(), this, preferLocal: false);
    }

    private bool CanStart() => _queue.Count > 0 && _handling < _options.MaxHandlers && !_isFull;

    private void StartHandlers()
    {
        while (true)
        {
            Incoming next;
            Responder? responder;
            lock (_gate)
            {
                _isDispatching = CanStart();
                if (!_isDispatching) return;
                next = _queue.Dequeue();
                _handling++;
                _ = _responders.TryGetValue(next.Method, out responder);
            }

            _ = HandleAsync(next, responder);
        }
    }

    private async Task HandleAsync(Incoming request, Responder? responder)
    {
        var output = request.Id == 0 ? null : new ArrayBufferWriter<byte>();
        var error = responder is null
            ? new(RpcErrorCodes.UnknownMethod, $"Unknown method '{request.Method}'")
            : await responder.AnswerAsync(request.Value, output, _failures, _closing.Token).ConfigureAwait(false);
        if (output is not null) Answer(request.Id, error ?? TooLarge(output.WrittenCount), output.WrittenSpan);
        lock (_gate)
        {
            _handling--;
            _heldBytes -= request.Value.Length;
        }

        CloseIfDone();
        Dispatch();
    }

    private RpcError? TooLarge(int size) =>
        size <= _options.MaxValueSize ? null : new(RpcErrorCodes.EncodeError, "Could not encode response", new("The answer is too large.", RpcErrorCodes.LimitExceeded));

    private void Answer(ulong id, RpcError? error, ReadOnlySpan<byte> value)
    {
        var message = new ArrayBufferWriter<byte>((error is null ? value.Length : 256) + 16);
        var writer = new CompactWriter(message);
        if (error is null)
        {
            RpcResponseMessage.WriteHead(ref writer, id);
            message.Write(value);
        }
        else
        {
            RpcResponseMessage.WriteError(ref writer, id, error);
        }

        Send(RpcResponseMessage.Type, message.WrittenSpan);
    }

    private sealed record Incoming(ulong Id, string Method, ReadOnlyMemory<byte> Value);
}
