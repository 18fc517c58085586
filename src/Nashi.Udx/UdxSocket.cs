using Nashi.Datagrams;
using Nashi.Udx.Driver;
using Nashi.Udx.Protocol;

namespace Nashi.Udx;

/// <summary>A UDP socket that carries streams, and datagrams of other protocols beside them.</summary>
/// <remarks>It shares a thread with many others until its first stream, and has one of its own from then on.</remarks>
public sealed class UdxSocket : IAsyncDisposable
{
    private readonly UdxHost _host;
    private readonly IDatagramSocket _datagrams;
    private readonly StreamTimers _timers = new();
    private readonly List<UdxStream> _touched = [];
    private readonly DatagramHandler _onDatagram;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile UdxDatagramHandler? _handler;
    private volatile SocketLoop? _loop;
    private volatile bool _closing;
    private long _sleepsUntil;
    private Instant _now;

    internal UdxSocket(UdxHost host, IDatagramSocket datagrams, UdxDatagramHandler? handler)
    {
        _host = host;
        _handler = handler;
        _datagrams = datagrams;
        _onDatagram = HandleDatagram;
        LocalAddress = datagrams.LocalAddress;
        _sleepsUntil = long.MaxValue;
        if (!TryShare(host.Loop)) StartThread();
    }

    /// <summary>Where it is bound.</summary>
    public UdpAddress LocalAddress { get; }

    /// <summary>Packets for streams that do not exist (any more).</summary>
    public long UnknownPackets { get; private set; }

    /// <summary>Handlers (of datagrams, messages, firewalls) that threw, which they must not; the datagram was dropped.</summary>
    public long HandlerFaults { get; private set; }

    internal IDatagramSocket Datagrams => _datagrams;

    /// <summary>What its loop calls it.</summary>
    internal int LoopNumber { get; set; }

    internal int MaxSegments => _datagrams.MaxSegments;

    /// <summary>Sets who receives datagrams that belong to no stream.</summary>
    public void SetDatagramHandler(UdxDatagramHandler? handler) => _handler = handler;

    /// <summary>Sends one datagram, without blocking. Thread-safe.</summary>
    /// <param name="datagram">Its bytes.</param>
    /// <param name="to">Where to.</param>
    /// <param name="ttl">Hops it may take; 0 for the default.</param>
    /// <returns>False when the system did not take it.</returns>
    public bool TrySend(ReadOnlySpan<byte> datagram, UdpAddress to, int ttl = 0) => _datagrams.Send(datagram, datagram.Length, to, ttl);

    /// <summary>Closes it and the streams on it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing)
        {
            await _ended.Task.ConfigureAwait(false);
            return;
        }

        _host.Forget(this);
        _closing = true;
        Rouse();
        await _ended.Task.ConfigureAwait(false);
        _datagrams.Dispose();
    }

    internal bool SendSegments(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to) => _datagrams.Send(bytes, segmentSize, to);

    /// <summary>Has the stream finish its batch after this round of packets. On the socket's thread.</summary>
    internal void FinishLater(UdxStream stream) => _touched.Add(stream);

    /// <summary>Wakes the thread when a deadline is before the one it sleeps to.</summary>
    internal void Schedule(UdxStream stream, long at)
    {
        _timers.Set(stream, at);
        if (at < Volatile.Read(ref _sleepsUntil)) Rouse();
    }

    /// <summary>Receives what is there, on the loop's thread, which comes back when there is more.</summary>
    internal void ReceiveOnce() => _ = ReceiveBatch();

    /// <summary>The loop receives no more: the socket got streams, or is closed.</summary>
    internal void HandleLeft()
    {
        _loop = null;
        if (_closing) _ended.SetResult();
        else StartThread();
    }

    private bool TryShare(SocketLoop? loop)
    {
        _loop = loop;
        if (loop is not null && loop.TryJoin(this)) return true;
        _loop = null;
        return false;
    }

    private void StartThread() => new Thread(Run) { IsBackground = true, Name = $"udx {LocalAddress.Port}" }.Start();

    private void Rouse()
    {
        if (_loop is { } loop) loop.Leave(this);
        else _datagrams.Wake();
    }

    private void Run()
    {
        while (!_closing)
        {
            Sleep();
            if (_closing) break;
            ReceiveAll();
            _timers.RunDue(_host.Now());
        }

        _ended.SetResult();
    }

    private void Sleep()
    {
        // The deadline is published before it is read again: who sets an earlier one meanwhile sees either and wakes us.
        Volatile.Write(ref _sleepsUntil, long.MaxValue);
        var next = _timers.Next;
        Interlocked.Exchange(ref _sleepsUntil, next);
        next = Math.Min(next, _timers.Next);
        var wait = next == long.MaxValue ? Timeout.InfiniteTimeSpan : TimeSpan.FromMicroseconds(Math.Max(0, next - _host.Now().Microseconds));
        if (wait != TimeSpan.Zero) _datagrams.Wait(wait);
        Volatile.Write(ref _sleepsUntil, 0);
    }

    // Bounded, so that timers run on a socket that never falls silent.
    private void ReceiveAll()
    {
        const int RoundsMax = 4;
        for (var round = 0; round < RoundsMax; round++)
        {
            if (ReceiveBatch() == 0) return;
        }
    }

    private int ReceiveBatch()
    {
        _now = _host.Now();
        var count = _datagrams.Receive(_onDatagram);
        foreach (var stream in _touched) stream.Guard(static (stream, now) => stream.FinishBatch(now), _now);
        _touched.Clear();
        return count;
    }

    private void HandleDatagram(Span<byte> datagram, UdpAddress from)
    {
        try
        {
            Dispatch(datagram, from);
        }
        catch (Exception error)
        {
            // One broken handler must not end the thread that all streams live by.
            HandlerFaults++;
            Log.HandlerFailed(_host.Options.Logger, LocalAddress.Port, error);
        }
    }

    private void Dispatch(Span<byte> datagram, UdpAddress from)
    {
        if (!PacketHeader.TryReadStreamId(datagram, out var id))
        {
            _handler?.Invoke(this, datagram, from);
            return;
        }

        if (!_host.TryFind(id, out var stream))
        {
            UnknownPackets++;
            return;
        }

        stream.HandlePacket(this, datagram, from, _now);
    }
}
