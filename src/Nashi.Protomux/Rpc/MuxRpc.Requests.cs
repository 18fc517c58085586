using System.Buffers;
using Nashi.Encoding;
using Nashi.Protomux.Rpc.Protocol;

namespace Nashi.Protomux.Rpc;

public sealed partial class MuxRpc
{
    private readonly Dictionary<ulong, TaskCompletionSource<ReadOnlyMemory<byte>>> _requests = [];
    private readonly SemaphoreSlim _slots;
    private TaskCompletionSource? _drained;
    private bool _isFull;
    private int _drains;
    private ulong _lastId;
    private int _requestCount;

    /// <summary>Asks the remote.</summary>
    /// <param name="method">Name and codecs.</param>
    /// <param name="value">What is asked.</param>
    /// <param name="timeout">How long it may take, waiting for its turn included. Default <see cref="RpcOptions.RequestTimeout"/>.</param>
    /// <param name="cancellationToken">Stops waiting; the remote is not told, as the protocol has no word for it.</param>
    /// <exception cref="RpcRemoteException">The remote answered with an error.</exception>
    /// <exception cref="RpcTimeoutException">No answer came in time.</exception>
    /// <exception cref="RpcClosedException">The channel closed before the answer came.</exception>
    /// <exception cref="RpcDecodeException">The answer was not what the method promises.</exception>
    /// <exception cref="RpcLimitException">Too many requests wait already, or a value is too large.</exception>
    public async Task<TResponse> RequestAsync<TRequest, TResponse>(
        RpcMethod<TRequest, TResponse> method, TRequest value, TimeSpan? timeout = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        var patience = timeout ?? _options.RequestTimeout;
        if (patience != Timeout.InfiniteTimeSpan) ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(patience, TimeSpan.Zero, nameof(timeout));
        var encoded = Encode(method, value);
        Begin();
        try
        {
            var answer = await AskAsync(method.Name, encoded, patience, cancellationToken).ConfigureAwait(false);
            return Decode(method, answer);
        }
        finally
        {
            lock (_gate) _requestCount--;
            CloseIfDone();
        }
    }

    /// <summary>Asks the remote in the reference's default encoding.</summary>
    public Task<ReadOnlyMemory<byte>?> RequestAsync(
        string method, ReadOnlyMemory<byte>? value, TimeSpan? timeout = null, CancellationToken cancellationToken = default) =>
        RequestAsync(new RpcMethod<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?>(method, RpcCodec.OptionalBuffer, RpcCodec.OptionalBuffer), value, timeout, cancellationToken);

    /// <summary>Tells the remote something, without an answer; waits only while the connection has too much to send.</summary>
    /// <exception cref="RpcClosedException">The channel is closed.</exception>
    /// <exception cref="RpcLimitException">The value is too large.</exception>
    public async Task SendEventAsync<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest value, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(method);
        var encoded = Encode(method, value);
        // Drained or closed, whichever is first.
        await WhenDrained().WaitAsync(cancellationToken).ConfigureAwait(false);
        ThrowIfClosed();
        Send(0, method.Name, encoded.WrittenSpan);
    }

    /// <summary>Tells the remote something in the reference's default encoding.</summary>
    public Task SendEventAsync(string method, ReadOnlyMemory<byte>? value, CancellationToken cancellationToken = default) =>
        SendEventAsync(new RpcMethod<ReadOnlyMemory<byte>?, ReadOnlyMemory<byte>?>(method, RpcCodec.OptionalBuffer, RpcCodec.OptionalBuffer), value, cancellationToken);

    private static TResponse Decode<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, ReadOnlyMemory<byte> answer)
    {
        Exception? cause = null;
        try
        {
            if (method.Response.TryDecode(answer, out var response)) return response;
        }
        catch (Exception error)
        {
            cause = error;
        }

        throw new RpcDecodeException(method.Name, cause);
    }

    private ArrayBufferWriter<byte> Encode<TRequest, TResponse>(RpcMethod<TRequest, TResponse> method, TRequest value)
    {
        RequireName(method.Name);
        var output = new ArrayBufferWriter<byte>();
        method.Request.Encode(value, output);
        if (output.WrittenCount > _options.MaxValueSize) throw new RpcLimitException($"The value has {output.WrittenCount} bytes; at most {_options.MaxValueSize} may be sent.");
        return output;
    }

    private void Begin()
    {
        lock (_gate)
        {
            ThrowIfClosed();
            if (_isEnding) throw WhyClosed();
            if (_requestCount >= (long)_options.MaxRequests + _options.MaxWaitingRequests) throw new RpcLimitException("Too many requests wait for their turn.");
            _requestCount++;
        }
    }

    private void ThrowIfClosed()
    {
        if (IsClosed) throw WhyClosed();
    }

    private async Task<ReadOnlyMemory<byte>> AskAsync(string method, ArrayBufferWriter<byte> value, TimeSpan patience, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(patience, _options.TimeProvider);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token, _closing.Token);
        try
        {
            await _slots.WaitAsync(stop.Token).ConfigureAwait(false);
            try
            {
                return await ExchangeAsync(method, value, stop.Token).ConfigureAwait(false);
            }
            finally
            {
                _ = _slots.Release();
            }
        }
        catch (OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (_closing.IsCancellationRequested) throw WhyClosed();
            throw new RpcTimeoutException(method, patience);
        }
    }

    private async Task<ReadOnlyMemory<byte>> ExchangeAsync(string method, ArrayBufferWriter<byte> value, CancellationToken cancellationToken)
    {
        await WhenDrained().WaitAsync(cancellationToken).ConfigureAwait(false);
        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong id;
        lock (_gate)
        {
            ThrowIfClosed();
            id = ++_lastId;
            _requests.Add(id, answer);
        }

        try
        {
            Send(id, method, value.WrittenSpan);
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (AnsweredWithError failed)
        {
            throw new RpcRemoteException(method, failed.Error);
        }
        finally
        {
            lock (_gate) _ = _requests.Remove(id);
        }
    }

    private void Send(ulong id, string method, ReadOnlySpan<byte> value)
    {
        var message = new ArrayBufferWriter<byte>(value.Length + method.Length + 16);
        var writer = new CompactWriter(message);
        RpcRequestMessage.WriteHead(ref writer, id, method);
        message.Write(value);
        Send(RpcRequestMessage.Type, message.WrittenSpan);
    }

    private void Send(int type, ReadOnlySpan<byte> message)
    {
        int drains;
        lock (_gate) drains = _drains;
        if (Channel.Send(type, message)) return;
        // If it drained since, that word must not be lost.
        lock (_gate) _isFull = drains == _drains && !Channel.IsClosed;
    }

    private void HandleDrain()
    {
        TaskCompletionSource? waiting;
        lock (_gate)
        {
            _drains++;
            _isFull = false;
            (waiting, _drained) = (_drained, null);
        }

        _ = waiting?.TrySetResult();
        Dispatch();
    }

    private Task WhenDrained()
    {
        lock (_gate)
        {
            if (!_isFull) return Task.CompletedTask;
            _drained ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    private bool TryHandleResponse(ReadOnlyMemory<byte> payload)
    {
        if (!RpcResponseMessage.TryDecode(payload, out var id, out var error, out var value)) return false;
        TaskCompletionSource<ReadOnlyMemory<byte>>? answer;
        // Unknown ones are answers that came too late.
        lock (_gate) if (!_requests.Remove(id, out answer)) return true;
        if (error is not null) _ = answer.TrySetException(new AnsweredWithError(error));
        else if (value.Length > _options.MaxValueSize) _ = answer.TrySetException(new RpcLimitException($"The answer has {value.Length} bytes; at most {_options.MaxValueSize} are taken."));
        else _ = answer.TrySetResult(value.ToArray());
        return true;
    }

    private void FailRequests()
    {
        TaskCompletionSource<ReadOnlyMemory<byte>>[] failed;
        lock (_gate)
        {
            failed = [.. _requests.Values];
            _requests.Clear();
        }

        foreach (var request in failed) _ = request.TrySetException(WhyClosed());
    }

    private sealed class AnsweredWithError(RpcError error) : Exception
    {
        public RpcError Error { get; } = error;
    }
}
