using System.Net.Security;
using System.Net.Sockets;
using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>One TLS connection as frames: reads them, writes those that wait in batches, asks whether the other side is there, and ends once, for one reason.</summary>
/// <remarks>Any thread sends. Owned by a session of a relay or a client's connection.</remarks>
internal sealed class FrameLink(Socket socket, SslStream stream, IFrameHandler handler, TimeProvider clock, int capacity) : IAsyncDisposable
{
    private const int ReadSize = 32 * 1024;

    private static readonly TimeSpan GoodbyeWithin = TimeSpan.FromSeconds(2);

    private readonly FrameBuffer _out = new(capacity);
    private readonly Liveness _liveness = new(Instant.Now(clock));
    private readonly Lock _gate = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TcpRelayEnd? _reason;
    private int _isFlushing;
    private bool _isLast;
    private long _writesSince = long.MaxValue;

    /// <summary>Completes when it is over.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Starts reading.</summary>
    public void Start() => _ = ReadAsync();

    /// <summary>Sends a control frame.</summary>
    public void Send(FrameKind kind, ReadOnlySpan<byte> body)
    {
        if (_out.TryAdd(kind, body, out var isFirst))
        {
            if (isFirst) Flush();
        }
        else
        {
            // So many control frames wait only when the other side takes nothing.
            Break(TcpRelayEnd.TimedOut);
        }
    }

    /// <summary>Sends datagrams, or drops what finds no room.</summary>
    /// <returns>Whether all found room.</returns>
    public bool SendDatagrams(ushort channel, UdpAddress address, ReadOnlySpan<byte> bytes, int segmentSize)
    {
        var all = _out.TryAddDatagrams(channel, address, bytes, segmentSize, out var isFirst);
        if (isFirst) Flush();
        return all;
    }

    /// <summary>To be called every few seconds.</summary>
    public void HandleTimeout(Instant now)
    {
        var asks = false;
        lock (_gate)
        {
            if (_reason is not null) return;
            if (_liveness.IsDead(now) || now.Microseconds - Volatile.Read(ref _writesSince) > Liveness.DeadAfter.TotalMicroseconds) _reason = TcpRelayEnd.TimedOut;
            else asks = _liveness.ShouldAsk(now);
        }

        if (_reason is not null) Abort();
        else if (asks) Send(FrameKind.Ping, []);
    }

    /// <summary>There is doubt whether the other side can still be reached.</summary>
    public void Doubt()
    {
        var now = Instant.Now(clock);
        lock (_gate) _liveness.HandleDoubt(now);
        HandleTimeout(now);
    }

    /// <summary>Ends it: the other side is told why, and has two seconds to hear it.</summary>
    public void End(TcpRelayEnd reason)
    {
        lock (_gate)
        {
            if (_reason is not null) return;
            _reason = reason;
        }

        if (reason is TcpRelayEnd.Lost or TcpRelayEnd.TimedOut)
        {
            Abort();
            return;
        }

        _out.TryAdd(FrameKind.Goodbye, [(byte)reason], out _);
        Volatile.Write(ref _isLast, true);
        Flush();
        _ = AbortLaterAsync();
    }

    /// <summary>Ends it, and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        End(TcpRelayEnd.Closed);
        await Ended.ConfigureAwait(false);
    }

    private void Break(TcpRelayEnd reason)
    {
        lock (_gate) _reason ??= reason;
        Abort();
    }

    private async Task AbortLaterAsync()
    {
        try
        {
            await Ended.WaitAsync(GoodbyeWithin, clock).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort();
        }
    }

    // Ends the reading, which ends everything else.
    private void Abort() => socket.Dispose();

    private async Task ReadAsync()
    {
        var reason = TcpRelayEnd.Lost;
        try
        {
            reason = await ReadFramesAsync().ConfigureAwait(false);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The connection is gone, or was ended here.
        }

        lock (_gate) reason = _reason ??= reason;
        Abort();
        await stream.DisposeAsync().ConfigureAwait(false);
        handler.HandleEnd(reason);
        _ended.SetResult();
    }

    private async Task<TcpRelayEnd> ReadFramesAsync()
    {
        var buffer = new byte[ReadSize];
        var length = 0;
        while (true)
        {
            var count = await stream.ReadAsync(buffer.AsMemory(length)).ConfigureAwait(false);
            if (count == 0) return TcpRelayEnd.Lost;
            length += count;
            var now = Instant.Now(clock);
            var isEnding = false;
            lock (_gate)
            {
                _liveness.HandleHeard(now);
                isEnding = _reason is not null;
            }

            if (!TryHandle(buffer.AsSpan(0, length), isEnding, now, out var used)) return TcpRelayEnd.Malformed;
            buffer.AsSpan(used, length - used).CopyTo(buffer);
            length -= used;
        }
    }

    // Whoever was told to go is listened to no more, but read until it went: closing over its unread bytes would destroy our goodbye.
    private bool TryHandle(ReadOnlySpan<byte> bytes, bool isEnding, Instant now, out int used)
    {
        used = bytes.Length;
        if (isEnding) return true;
        var rest = bytes;
        bool isBroken;
        while (Frame.TryTake(ref rest, out var frame, out isBroken)) handler.HandleFrame(frame, now);
        used = bytes.Length - rest.Length;
        if (isBroken) End(TcpRelayEnd.Malformed);
        return true;
    }

    private void Flush()
    {
        if (Interlocked.Exchange(ref _isFlushing, 1) == 0) ThreadPool.UnsafeQueueUserWorkItem(static link => _ = link.FlushAsync(), this, preferLocal: false);
    }

    private async Task FlushAsync()
    {
        try
        {
            do
            {
                // Before what waits is taken, so that the goodbye is among it.
                var isLast = Volatile.Read(ref _isLast);
                for (var frames = _out.Take(); frames.Length > 0; frames = _out.Take())
                {
                    Volatile.Write(ref _writesSince, Instant.Now(clock).Microseconds);
                    await stream.WriteAsync(frames).ConfigureAwait(false);
                    Volatile.Write(ref _writesSince, long.MaxValue);
                }

                if (isLast) socket.Shutdown(SocketShutdown.Send);
                Volatile.Write(ref _isFlushing, 0);
            }
            while (_out.HasFrames && Interlocked.Exchange(ref _isFlushing, 1) == 0);
        }
        catch (Exception error) when (error is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // What waits is lost with the connection; no flush follows.
            Break(TcpRelayEnd.Lost);
        }
    }
}
