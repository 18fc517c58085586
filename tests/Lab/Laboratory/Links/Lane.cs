using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.InteropServices;
using Nashi.Laboratory.Kernel;

namespace Nashi.Laboratory.Links;

/// <summary>
/// One direction of a link: a thread takes packets from one TUN device, decides what happens to each, and writes it to the other when its time has come.
/// The two directions share nothing, so nothing is locked on the way of a packet.
/// </summary>
internal sealed unsafe class Lane : IDisposable
{
    private const int BlockSize = 2048;
    private const int TakeAtOnce = 64;
    private const int SetTimerSlack = 29;
    private const int IpHeader = 20;
    private const int UdpHeader = 8;
    private static readonly double TicksPerMs = Stopwatch.Frequency / 1000.0;

    private readonly Tun _from;
    private readonly Tun _to;
    private readonly Dice _dice;
    private readonly int _wake = Native.Event(0, 0x800 | 0x80000);
    private readonly PriorityQueue<(nint Block, int Length), (long Due, long Order)> _waiting = new();
    private readonly Stack<nint> _free = new();
    private readonly Thread _thread;
    private volatile LinkModel _model;
    private volatile bool _stopped;
    private long _order;
    private long _lastDue;
    private long _lineFree;
    private bool _inBurst;

    public Lane(Tun from, Tun to, LinkModel model, ulong seed)
    {
        _from = from;
        _to = to;
        _model = model;
        _dice = new Dice(seed);
        _thread = new Thread(Carry) { IsBackground = true, Name = "link", Priority = ThreadPriority.AboveNormal };
        _thread.Start();
    }

    public LaneCounts Counts { get; } = new();

    public LinkModel Model
    {
        get => _model;
        set => _model = value;
    }

    public void Dispose()
    {
        _stopped = true;
        var one = 1UL;
        _ = Native.Write(_wake, (byte*)&one, sizeof(ulong));
        _thread.Join();
        _ = Native.Close(_wake);
        while (_waiting.TryDequeue(out var packet, out _)) NativeMemory.Free((void*)packet.Block);
        while (_free.TryPop(out var block)) NativeMemory.Free((void*)block);
    }

    private void Carry()
    {
        // The kernel may round a wait up by 50 µs otherwise.
        _ = Native.ProcessControl(SetTimerSlack, 1000, 0, 0, 0);
        var files = stackalloc Native.Poll[2];
        files[0] = new Native.Poll { File = _from.File, Wanted = Native.Readable };
        files[1] = new Native.Poll { File = _wake, Wanted = Native.Readable };
        while (!_stopped)
        {
            var busy = Take();
            Deliver(Stopwatch.GetTimestamp());
            if (busy) continue;
            if (!_waiting.TryPeek(out _, out var next))
            {
                _ = Native.Wait(files, 2, null, 0);
                continue;
            }

            var left = next.Due - Stopwatch.GetTimestamp();
            if (left <= 0) continue;
            var (seconds, rest) = Math.DivRem(left, Stopwatch.Frequency);
            var timeout = new Native.Span { Seconds = seconds, Nanoseconds = rest * (1_000_000_000 / Stopwatch.Frequency) };
            _ = Native.Wait(files, 2, &timeout, 0);
        }
    }

    // True while there may be more to take.
    private bool Take()
    {
        for (var taken = 0; taken < TakeAtOnce; taken++)
        {
            var block = _free.TryPop(out var free) ? free : (nint)NativeMemory.Alloc(BlockSize);
            var length = (int)Native.Read(_from.File, (byte*)block, BlockSize);
            if (length <= 0)
            {
                _free.Push(block);
                return false;
            }

            if (length < IpHeader || !Accept(block, length, Stopwatch.GetTimestamp())) _free.Push(block);
        }

        return true;
    }

    // False when the block is not kept: the packet is dropped, or already gone.
    private bool Accept(nint block, int length, long now)
    {
        var model = _model;
        if (IsLost(model, length))
        {
            Counts.Dropped++;
            return false;
        }

        if (_dice.Hit(model.Corrupt)) Flip((byte*)block, length);
        if (_dice.Hit(model.Duplicate)) Send(model, Copy(block, length), length, now);
        if (model.IsImmediate && _waiting.Count == 0)
        {
            Write((byte*)block, length);
            return false;
        }

        Send(model, block, length, now);
        return true;
    }

    private bool IsLost(LinkModel model, int length)
    {
        if (model.IsDown || (model.Mtu > 0 && length > model.Mtu)) return true;
        if (model.Burst.Begins > 0)
        {
            if (_dice.Hit(_inBurst ? model.Burst.Ends : model.Burst.Begins)) _inBurst = !_inBurst;
            if (_inBurst) return true;
        }

        return _dice.Hit(model.Loss);
    }

    private void Send(LinkModel model, nint block, int length, long now)
    {
        var due = now;
        if (model.RateKbit > 0)
        {
            var ticksPerByte = 8 * TicksPerMs / model.RateKbit;
            var begins = Math.Max(_lineFree, now);
            if ((begins - now) / ticksPerByte > model.QueueBytes)
            {
                Counts.QueueDropped++;
                _free.Push(block);
                return;
            }

            due = _lineFree = begins + (long)(length * ticksPerByte);
        }

        var delay = model.DelayMs;
        if (model.JitterMs > 0) delay = Math.Max(0, delay + (2 * _dice.Unit() - 1) * model.JitterMs);
        due += (long)(delay * TicksPerMs);
        if (_dice.Hit(model.Reorder.Chance)) due += (long)(model.Reorder.LaterMs * TicksPerMs);
        else if (!model.JitterReorders) due = _lastDue = Math.Max(due, _lastDue);
        _waiting.Enqueue((block, length), (due, _order++));
    }

    private void Deliver(long now)
    {
        while (_waiting.TryPeek(out var packet, out var next) && next.Due <= now)
        {
            _waiting.Dequeue();
            Write((byte*)packet.Block, packet.Length);
            _free.Push(packet.Block);
        }
    }

    private void Write(byte* packet, int length)
    {
        if (Native.Write(_to.File, packet, length) != length)
        {
            Counts.Dropped++;
            return;
        }

        var header = new ReadOnlySpan<byte>(packet, IpHeader);
        Counts.Add(BinaryPrimitives.ReadUInt32BigEndian(header[12..]), BinaryPrimitives.ReadUInt32BigEndian(header[16..]), length);
    }

    private nint Copy(nint block, int length)
    {
        var copy = _free.TryPop(out var free) ? free : (nint)NativeMemory.Alloc(BlockSize);
        new ReadOnlySpan<byte>((void*)block, length).CopyTo(new Span<byte>((void*)copy, BlockSize));
        return copy;
    }

    private void Flip(byte* packet, int length)
    {
        const int headers = IpHeader + UdpHeader;
        if (length <= headers) return;
        packet[headers + (int)(_dice.Next() % (ulong)(length - headers))] ^= (byte)(1 << (int)(_dice.Next() & 7));
    }
}
