using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Nashi.Cryptography;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

public sealed partial class SecretStream
{
    private const int Idle = 0;
    private const int Reading = 1;
    private const int Wiped = 2;

    private readonly FrameBuffer _input;
    private readonly byte[] _receiveKey = GC.AllocateArray<byte>(32, pinned: true);
    private readonly IPathProof? _proof;
    private SecretStreamPull? _pull;
    private Task<int>? _pending;
    private long _bytesRead;
    private long _bytesWritten;
    private bool _remoteEnded;
    private int _heldBytes;

    // Whoever moves it off Idle has the cipher and the buffer.
    private int _reading;

    /// <inheritdoc />
    public ValueTask<MessageReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<MessageReadResult>(cancellationToken);
        if (!TryEnter()) return new(MessageReadResult.Completed);
        if (!TryNext(out var result)) return WaitAsync(cancellationToken);
        Leave();
        return new(result);
    }

    private bool TryEnter() => Interlocked.CompareExchange(ref _reading, Reading, Idle) switch
    {
        Idle => true,
        Wiped => false,
        _ => throw new InvalidOperationException("Only one read at a time."),
    };

    private void Leave()
    {
        Volatile.Write(ref _reading, Idle);
        if (_closed.IsClosed) WipeReceiving();
    }

    /// <summary>Wipes what reading needs, now or when the read under way is done. The buffer may be lent out: the collector gets it.</summary>
    private void WipeReceiving()
    {
        if (Interlocked.CompareExchange(ref _reading, Wiped, Idle) != Idle) return;
        _pull?.Dispose();
        CryptographicOperations.ZeroMemory(_receiveKey);
        _ = FrameMemory.TryHold(ref _heldBytes, 0);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<MessageReadResult> WaitAsync(CancellationToken cancellationToken)
    {
        try
        {
            MessageReadResult result;
            do
            {
                await ReceiveAsync(cancellationToken).ConfigureAwait(false);
            }
            while (!TryNext(out result));
            return result;
        }
        finally
        {
            Leave();
        }
    }

    private async ValueTask ReceiveAsync(CancellationToken cancellationToken)
    {
        int count;
        try
        {
            if (_pending is null && !cancellationToken.CanBeCanceled) count = await ReadRawAsync().ConfigureAwait(false);
            else count = await ReadPendingAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested && !_closed.IsClosed)
        {
            throw;
        }
        catch (Exception error)
        {
            RawFailed(error);
            return;
        }

        Accept(count);
    }

    private ValueTask<int> ReadRawAsync()
    {
        var space = _input.GetSpace();
        Watch();
        return _raw.ReadAsync(space, _lifetime.Token);
    }

    // A read that was cancelled goes on below, and its bytes are for the next one.
    private async ValueTask<int> ReadPendingAsync(CancellationToken cancellationToken)
    {
        _pending ??= ReadRawAsync().AsTask();
        try
        {
            return await _pending.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (_pending.IsCompleted) _pending = null;
        }
    }

    private void Accept(int count)
    {
        lock (_livenessGate) _liveness.HandleReceived();
        if (count == 0)
        {
            RemoteEnded();
            return;
        }

        _bytesRead += count;
        _input.Commit(count);
        if (!FrameMemory.TryHold(ref _heldBytes, _input.Length)) Abort(new CloseReason(CloseKind.LimitExceeded, "Frames that remotes did not finish take too much memory."));
    }

    private void RemoteEnded()
    {
        Volatile.Write(ref _remoteEnded, true);
        if (_pull is null) Abort(new CloseReason(CloseKind.RawClosed, "The connection below ended before the stream began."));
        else if (_input.Length > 0) Abort(new CloseReason(CloseKind.RawClosed, "The connection below ended inside a frame."));
        else if (_lane.IsEnded) Abort(CloseReason.Ended);
    }

    private bool TryNext(out MessageReadResult result)
    {
        result = MessageReadResult.Completed;
        while (!_closed.IsClosed)
        {
            var status = _input.TryTake(_pull is null ? Frame.HeaderSize : _options.MaxFrameSize, out var frame);
            if (status == FrameStatus.Incomplete) return _remoteEnded;
            if (status == FrameStatus.TooLarge) RefuseLength();
            else if (_pull is null) AcceptHeader(frame.Span);
            else if (TryDecrypt(frame, out result)) return true;
        }

        return true;
    }

    private bool TryDecrypt(Memory<byte> frame, out MessageReadResult result)
    {
        result = MessageReadResult.Completed;
        if (_isFrameWatched) FrameDone();
        if (_heldBytes > 0) _ = FrameMemory.TryHold(ref _heldBytes, 0);
        if (!Frame.TryOpen(_pull!, frame, out var message))
        {
            Abort(frame.Length < SecretStreamPush.Overhead
                ? new CloseReason(CloseKind.InvalidFrame, "A frame is too short to be encrypted.")
                : new CloseReason(CloseKind.NotAuthentic, "A frame is not authentic."));
            return false;
        }

        _proof?.HandleAuthenticated(_bytesRead - _input.Length);
        if (message.IsEmpty && _options.KeepAlive > TimeSpan.Zero) return false;
        result = new(message, IsCompleted: false);
        return true;
    }

    private void AcceptHeader(ReadOnlySpan<byte> header)
    {
        FrameDone();
        _pull = StreamHeader.TryAccept(header, _hash, IsInitiator, _receiveKey);
        CryptographicOperations.ZeroMemory(_receiveKey);
        if (_pull is null) Abort(new CloseReason(CloseKind.InvalidHeader, "The stream's header is malformed or belongs to another handshake."));
    }

    private void RefuseLength() => Abort(_pull is null
        ? new CloseReason(CloseKind.InvalidHeader, "The stream's header is too long.")
        : new CloseReason(CloseKind.FrameTooLarge, $"A frame is longer than {_options.MaxFrameSize} bytes."));

    /// <summary>Reads before anyone asks, so that a connection that nobody reads is noticed when it fails.</summary>
    private void Prefetch()
    {
        if (_input.Length > 0) return;
        _pending = ReadRawAsync().AsTask();
        _ = _pending.ContinueWith(
            static (read, state) => ((SecretStream)state!).Prefetched(read),
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    // Bytes that lie here unread are our delay, not the remote's.
    private void Prefetched(Task<int> read)
    {
        if (read.IsFaulted) RawFailed(read.Exception.InnerException!);
        else if (read.IsCompletedSuccessfully) lock (_livenessGate) _liveness.HandleReceived();
    }
}
