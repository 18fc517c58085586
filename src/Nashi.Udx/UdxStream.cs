using System.IO.Pipelines;
using Nashi.Datagrams;
using Nashi.Udx.Driver;
using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <summary>A reliable, ordered, congestion-controlled stream of bytes in both directions, with unordered messages beside it.</summary>
/// <remarks>
/// Made by <see cref="UdxHost.CreateStream"/>, unconnected. Read it as a <see cref="Stream"/> or through <see cref="Input"/>, not both; one reader and one writer
/// at a time, on any threads. Bytes written are on their way when the call returns; writing waits only when the send buffer is full.
/// </remarks>
public sealed partial class UdxStream : Stream, IDuplexPipe, IMessagePort, IHalfCloseable
{
    private readonly UdxHost _host;
    private readonly UdxCore _core;
    private readonly Lock _gate = new();
    private readonly Pipe _pipe = new(new PipeOptions(BlockPool.Shared, pauseWriterThreshold: 0, resumeWriterThreshold: 0, minimumSegmentSize: 16 * 1024, useSynchronizationContext: false));
    private readonly TaskCompletionSource<UdxCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _drained;
    private TaskCompletionSource? _remoteChanged;
    private volatile StreamPath? _path;
    private volatile StreamPath? _other;
    private volatile UdxFirewall? _firewall;
    private volatile MessageHandler? _messages;
    private volatile UdxStream? _relay;
    private List<byte[]>? _early;
    private TaskCompletionSource<bool>? _move;
    private int _swaps;
    private bool _isOnNewPath;
    private bool _hasProvedNewPath;
    private bool _asksAboutAddresses;
    private int _messageLength;
    private bool _touched;
    private bool _hasUnflushed;
    private bool _inputEnded;
    private bool _isClosing;

    internal UdxStream(UdxHost host, uint localId, UdxStreamOptions options)
    {
        _host = host;
        LocalId = localId;
        _core = new UdxCore(options, new Sink(this));
        Options = options;
        Input = new CountingReader(_pipe.Reader, HandleConsumed, HandleReaderCompleted);
        Output = new OutputWriter(this);
    }

    /// <summary>Our id of it.</summary>
    public uint LocalId { get; }

    /// <summary>The remote's id of it; zero before it is connected.</summary>
    public uint RemoteId => _path?.RemoteId ?? 0;

    /// <summary>Where it sends to.</summary>
    public UdpAddress Remote => _path?.Remote ?? default;

    /// <summary>The socket it sends by; null before it is connected.</summary>
    public UdxSocket? Socket => _path?.Socket;

    /// <summary>Whether it knows its remote.</summary>
    public bool IsConnected => _path is not null;

    /// <summary>Completes once, when the stream is over; never faults.</summary>
    public Task<UdxCloseReason> Closed => _closed.Task;

    /// <inheritdoc />
    public PipeReader Input { get; }

    /// <inheritdoc />
    public PipeWriter Output { get; }

    internal UdxStreamOptions Options { get; }

    internal long ScheduledAt { get; set; } = long.MaxValue;

    /// <summary>Names the remote: bytes flow from now on.</summary>
    /// <param name="socket">The socket to send by.</param>
    /// <param name="remoteId">The remote's id of the stream.</param>
    /// <param name="remote">Where it is.</param>
    public void Connect(UdxSocket socket, uint remoteId, UdpAddress remote)
    {
        ArgumentNullException.ThrowIfNull(socket);
        lock (_gate)
        {
            if (_path is not null) throw new InvalidOperationException("The stream is connected already; use ChangeRemote.");
            _core.Connect(remoteId, !remote.IsIPv4);
            _path = new StreamPath(socket, remoteId, remote);
            FlushEarly();
            Pump(_host.Now());
        }
    }

    /// <summary>Moves the stream to another address or socket at once, whether or not it is of use: see <see cref="TryMoveAsync"/>.</summary>
    /// <returns>False when the stream is over.</returns>
    public bool ChangeRemote(UdxSocket socket, uint remoteId, UdpAddress remote)
    {
        ArgumentNullException.ThrowIfNull(socket);
        lock (_gate)
        {
            if (_core.CloseReason is not null) return false;
            EndMove(false);
            _other = _path;
            if (_core.IsConnected) _core.ChangeRemote(remoteId, !remote.IsIPv4);
            else _core.Connect(remoteId, !remote.IsIPv4);
            ScheduledAt = long.MaxValue;
            _path = new StreamPath(socket, remoteId, remote);
            FlushEarly();
            Pump(_host.Now());
            return true;
        }
    }

    /// <summary>Completes when everything that was sent before now was acknowledged: after <see cref="ChangeRemote"/>, when the new path is in use.</summary>
    public Task DrainedAsync()
    {
        lock (_gate)
        {
            if (_core.IsFlushed || _core.CloseReason is not null) return Task.CompletedTask;
            _remoteChanged ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _remoteChanged.Task;
        }
    }

    /// <summary>Sets who judges packets that come by another socket than the stream's own.</summary>
    /// <param name="firewall">The judge.</param>
    /// <param name="asksAboutAddresses">Whether to ask about packets on the stream's own socket, too, that come from an address it does not send to.</param>
    public void SetFirewall(UdxFirewall? firewall, bool asksAboutAddresses = false)
    {
        _asksAboutAddresses = asksAboutAddresses;
        _firewall = firewall;
    }

    /// <summary>What it did so far.</summary>
    public UdxStreamStats GetStats()
    {
        lock (_gate) return _core.GetStats() with { Silence = _core.SilentFor(_host.Now()) };
    }

    /// <summary>Ends our side after what was written, and waits until the remote acknowledged it. Reading goes on.</summary>
    /// <exception cref="UdxException">The stream closed first.</exception>
    public async ValueTask ShutdownAsync(CancellationToken cancellationToken = default)
    {
        EndOutput(default);
        await _ended.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        var reason = _core.CloseReason;
        if (reason is not null && reason.Kind is not UdxCloseKind.Ended) throw new UdxException(reason);
    }

    /// <summary>Gives up at once, telling the remote. Idempotent.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            // A relay's stream ends without a word of its own: the words are the endpoints'.
            if (_relay is null) _core.Destroy(_host.Now());
            else _core.Close(UdxCloseReason.Local);
            Pump(_host.Now());
        }

        if (_relay is { _isClosing: false } partner)
        {
            _isClosing = true;
            partner.Abort();
        }
    }

    /// <summary>Gives up at once, telling the remote only once and remembering nothing. Idempotent.</summary>
    public void Abandon()
    {
        Abort();
        _host.Forget(this);
    }

    internal void Close(UdxCloseReason reason)
    {
        lock (_gate)
        {
            _core.Close(reason);
            Pump(_host.Now());
            // The socket is gone: no repeats will be answered.
            _host.Forget(this);
        }
    }

    /// <summary>Takes a packet, on the socket's thread.</summary>
    internal void HandlePacket(UdxSocket socket, Span<byte> packet, UdpAddress from, Instant now)
    {
        if (IsStrange(socket, from) && _firewall is { } firewall && firewall(socket, from)) return;
        if (_relay is { } other)
        {
            Forward(other, packet);
            return;
        }

        int message;
        lock (_gate)
        {
            _messageLength = -1;
            var (before, side) = (_core.Received, SideOf(socket, from));
            _core.HandlePacket(packet, now, side);
            FollowCore();
            message = _messageLength;
            if (side == PathSide.None) NoteSource(socket, from, _core.Received > before, now);
            if (!_touched) socket.FinishLater(this);
            _touched = true;
        }

        // Outside the gate: the handler may do with the stream what it likes.
        if (message >= 0) _messages?.Invoke(packet[^message..]);
    }

    /// <summary>Runs a step on the socket's thread. Should it throw, which would be a defect of ours, this stream ends and the others live.</summary>
    internal void Guard(Action<UdxStream, Instant> step, Instant now)
    {
        try
        {
            step(this, now);
        }
        catch (Exception error)
        {
            Log.StreamFailed(_host.Options.Logger, LocalId, error);
            Close(UdxCloseReason.Local);
        }
    }

    internal void FinishBatch(Instant now)
    {
        lock (_gate)
        {
            _touched = false;
            Pump(now);
        }
    }

    internal void HandleTimer(Instant now)
    {
        lock (_gate)
        {
            if (_core.NextTimeout is { } due && due <= now) _core.HandleTimeout(now);
            FollowCore();
            Pump(now);
        }
    }

    internal void EndOutput(ReadOnlyMemory<byte> last)
    {
        lock (_gate)
        {
            // The last bytes are in memory already: they are taken whatever the buffer's limit.
            _core.WriteLast(last.Span);
            _core.End();
            Pump(_host.Now());
        }
    }

    // Everything that follows from a change: send, tell the reader and the writer, set the timer. Under the gate.
    private void Pump(Instant now)
    {
        if (_path is not null) SendAll(now);
        FlushInput();
        Signal();
        _core.CheckZeroWindow(now);
        if (_core.NextTimeout is { } next && _path is { } path && next.Microseconds < ScheduledAt) path.Socket.Schedule(this, next.Microseconds);
    }

    private void FlushInput()
    {
        if (_hasUnflushed)
        {
            _hasUnflushed = false;
            // Completes at once: the pipe never pauses its writer, the receive window bounds it.
            var flush = _pipe.Writer.FlushAsync();
            System.Diagnostics.Debug.Assert(flush.IsCompleted, "The pipe paused its writer.");
#pragma warning disable VSTHRD002 // It is complete already.
            _ = flush.GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
        }

        if (_core.CloseReason is { } reason && !_inputEnded)
        {
            _inputEnded = true;
            _pipe.Writer.Complete(reason.Kind is UdxCloseKind.Ended ? null : new UdxException(reason));
        }
        else if (_core.IsRemoteEnded && !_inputEnded)
        {
            _inputEnded = true;
            _pipe.Writer.Complete();
        }
    }

    private void Signal()
    {
        if (_drained is not null && (_core.CloseReason is not null || _core.HasRoom))
        {
            _drained.SetResult();
            _drained = null;
        }

        if (_remoteChanged is not null && (_core.CloseReason is not null || _core.IsFlushed))
        {
            _remoteChanged.SetResult();
            _remoteChanged = null;
        }

        if (_move is null && _core.IsFlushed) _other = null;
        if (_core.IsEnded) _ = _ended.TrySetResult();
        if (_core.CloseReason is { } reason && !_closed.Task.IsCompleted)
        {
            _host.HandleClosed();
            Log.StreamEnded(_host.Options.Logger, LocalId, reason.Message);
            _ = _closed.TrySetResult(reason);
            _ = _ended.TrySetResult();
            EndMove(false);
        }

        if (_core.IsDone) _host.Forget(this);
    }

    // Nobody will read: what comes is thrown away, so that the remote is not left waiting for room.
    private void HandleReaderCompleted()
    {
        lock (_gate)
        {
            _core.DiscardInput();
            Pump(_host.Now());
        }
    }

    private void HandleConsumed(long count)
    {
        lock (_gate)
        {
            _core.HandleRead(count);
            Pump(_host.Now());
        }
    }

    private sealed class Sink(UdxStream stream) : IUdxSink
    {
        public void OnData(ReadOnlySpan<byte> bytes)
        {
            if (stream._inputEnded) return;
            var destination = stream._pipe.Writer.GetSpan(bytes.Length);
            bytes.CopyTo(destination);
            stream._pipe.Writer.Advance(bytes.Length);
            stream._hasUnflushed = true;
        }

        public void OnEnd()
        {
        }

        // A message is the end of its packet.
        public void OnMessage(ReadOnlySpan<byte> message) => stream._messageLength = message.Length;
    }
}
