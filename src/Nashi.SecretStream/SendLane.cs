using System.Buffers;
using Nashi.Cryptography;
using Nashi.SecretStream.Protocol;

namespace Nashi.SecretStream;

/// <summary>Queues messages of any thread and sends them, encrypted in place, in as few raw writes as they come.</summary>
/// <remarks>
/// Lays each message out where it will be encrypted: one copy. A work item of the thread pool encrypts and writes while there is something; it alone
/// touches the cipher. Invariant: frames leave in the order in which <see cref="Write"/> was called. Holds no memory while idle.
/// </remarks>
internal sealed class SendLane : IThreadPoolWorkItem
{
    private const int FirstSegment = 16 * 1024;
    private const int NextSegment = 128 * 1024;

    private readonly Lock _gate = new();
    private readonly Queue<(byte[] Array, int Length)> _segments = new();
    private readonly List<(long Target, TaskCompletionSource Done)> _waiters = [];
    private readonly SecretStream _owner;
    private readonly SecretStreamPush _push;
    private readonly int _highWaterMark;
    private byte[] _tail = [];
    private int _tailLength;
    private int _sealed;
    private long _queued;
    private long _sent;
    private bool _isRunning;
    private bool _isEnding;
    private bool _isEndStarted;
    private bool _isEnded;
    private bool _isClosed;
    private bool _isWiped;

    /// <summary>Starts with a header frame, which goes out first and as it is.</summary>
    public SendLane(SecretStream owner, SecretStreamPush push, ReadOnlySpan<byte> header, int highWaterMark)
    {
        _owner = owner;
        _push = push;
        _highWaterMark = highWaterMark;
        header.CopyTo(Reserve(header.Length));
        _sealed = header.Length;
    }

    /// <summary>Whether no more messages are accepted.</summary>
    public bool IsEnding
    {
        get
        {
            lock (_gate) return _isEnding;
        }
    }

    /// <summary>Whether everything was sent and the raw stream's sending side ended.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_gate) return _isEnded;
        }
    }

    /// <summary>Sends what is queued, to begin with the header.</summary>
    public void Start()
    {
        lock (_gate) Run();
    }

    /// <summary>Queues one message; false when more than the mark is queued, or nothing is accepted any more.</summary>
    public bool Write(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> body)
    {
        lock (_gate)
        {
            if (_isEnding) return false;
            Frame.WritePlain(Reserve(Frame.Overhead + prefix.Length + body.Length), prefix, body);
            Run();
            return _queued - _sent < _highWaterMark;
        }
    }

    /// <summary>Accepts nothing more; what is queued still goes out, then the raw stream's sending side ends.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_isEnding) return;
            _isEnding = true;
            Run();
        }
    }

    /// <summary>Waits until at most <paramref name="left"/> of the bytes queued by now are unsent; false when it closed first.</summary>
    public ValueTask<bool> WaitAsync(int left, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            var target = _queued - left;
            if (_sent >= target) return new(true);
            return _isClosed ? new(false) : WaitForAsync(target, cancellationToken);
        }
    }

    /// <summary>Waits until our side ended; false when it closed first.</summary>
    public async ValueTask<bool> WaitForEndAsync(CancellationToken cancellationToken)
    {
        Task done;
        lock (_gate)
        {
            if (_isEnded || _isClosed) return _isEnded;
            done = Add(long.MaxValue);
        }

        await done.WaitAsync(cancellationToken).ConfigureAwait(false);
        return IsEnded;
    }

    /// <summary>Drops what is queued and wipes the key.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _isEnding = _isClosed = true;
            while (_segments.TryDequeue(out var segment)) ArrayPool<byte>.Shared.Return(segment.Array);
            if (_tail.Length > 0) ArrayPool<byte>.Shared.Return(_tail);
            _tail = [];
            _tailLength = 0;
            Release(long.MaxValue);
            if (!_isRunning) Wipe();
        }
    }

    /// <summary>Encrypts and writes until nothing is queued. Called by the thread pool.</summary>
    public void Execute() => _ = RunAsync();

    private async Task RunAsync()
    {
        try
        {
            while (TryTake(out var segment, out var plainFrom))
            {
                Frame.Seal(_push, segment.Array.AsSpan(plainFrom, segment.Length - plainFrom));
                await _owner.WriteRawAsync(segment.Array.AsMemory(0, segment.Length)).ConfigureAwait(false);
                Sent(segment);
            }
        }
        catch (Exception error)
        {
            // The segment may still be in use below: the collector gets it, not the pool.
            _owner.RawFailed(error);
            lock (_gate) Stop();
        }
    }

    private bool TryTake(out (byte[] Array, int Length) segment, out int plainFrom)
    {
        lock (_gate)
        {
            plainFrom = _sealed;
            _sealed = 0;
            if (_isClosed)
            {
                segment = default;
                Stop();
                return false;
            }

            if (_segments.TryDequeue(out segment)) return true;
            segment = (_tail, _tailLength);
            _tail = [];
            _tailLength = 0;
            if (segment.Length > 0) return true;
            _isRunning = false;
            if (!_isEnding || _isEndStarted) return false;
            _isEndStarted = true;
        }

        _ = EndRawAsync();
        return false;
    }

    private void Sent((byte[] Array, int Length) segment)
    {
        ArrayPool<byte>.Shared.Return(segment.Array);
        lock (_gate)
        {
            _sent += segment.Length;
            if (_waiters.Count > 0) Release(_sent);
        }
    }

    private async Task EndRawAsync()
    {
        try
        {
            await _owner.EndRawAsync().ConfigureAwait(false);
        }
        catch (Exception error)
        {
            _owner.RawFailed(error);
            return;
        }

        lock (_gate)
        {
            _isEnded = true;
            Release(long.MaxValue);
        }

        _owner.OurSideEnded();
    }

    private Span<byte> Reserve(int length)
    {
        if (_tail.Length - _tailLength < length) NewTail(length);
        var space = _tail.AsSpan(_tailLength, length);
        _tailLength += length;
        _queued += length;
        return space;
    }

    private void NewTail(int length)
    {
        var size = _tailLength == 0 && _segments.Count == 0 ? FirstSegment : NextSegment;
        if (_tailLength > 0) _segments.Enqueue((_tail, _tailLength));
        else if (_tail.Length > 0) ArrayPool<byte>.Shared.Return(_tail);
        _tail = ArrayPool<byte>.Shared.Rent(Math.Max(length, size));
        _tailLength = 0;
    }

    private void Run()
    {
        if (_isRunning || _isClosed) return;
        _isRunning = true;
        _ = ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private async ValueTask<bool> WaitForAsync(long target, CancellationToken cancellationToken)
    {
        await Add(target).WaitAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate) return _sent >= target;
    }

    private Task Add(long target)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _waiters.Add((target, done));
        return done.Task;
    }

    private void Release(long reached)
    {
        for (var i = _waiters.Count - 1; i >= 0; i--)
        {
            if (_waiters[i].Target > reached) continue;
            _waiters[i].Done.SetResult();
            _waiters.RemoveAt(i);
        }
    }

    private void Stop()
    {
        _isRunning = false;
        Wipe();
    }

    private void Wipe()
    {
        if (_isWiped) return;
        _isWiped = true;
        _push.Dispose();
    }
}
