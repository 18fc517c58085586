using System.Runtime.InteropServices;
using System.Runtime.CompilerServices;

namespace Nashi.Datagrams.Linux;

/// <summary>UDP by recvmmsg with GRO and sendmsg with GSO: many datagrams for each system call, either way.</summary>
/// <remarks>What the kernel refuses (GRO, GSO) is switched off and done without. Sizes: dotnet.md §2a.</remarks>
internal sealed unsafe class LinuxDatagramSocket : IDatagramSocket
{
    private const int ControlSize = 64;
    private const int SegmentsMax = 40;

    private readonly int _socket;
    private readonly int _event;
    private readonly bool _isIPv4;
    private readonly ReaderWriterLockSlim _life = new();
    private volatile bool _canSegment = true;
    private bool _closed;

    public LinuxDatagramSocket(UdpAddress local, DatagramOptions options)
    {
        _isIPv4 = local.IsIPv4;
        _socket = Libc.socket(_isIPv4 ? Libc.AfInet : Libc.AfInet6, Libc.SockDgram | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (_socket < 0) throw Bound.Failed(local, inUse: false, LastError());
        _event = Libc.eventfd(0, Libc.EfdNonBlock | Libc.EfdCloseOnExec);
        if (_event < 0 || !CanReceiveBatches())
        {
            var error = LastError();
            Close();
            throw new PlatformNotSupportedException($"This kernel has no recvmmsg or eventfd: {error}.");
        }

        Configure(options);
        LocalAddress = Bind(local);
    }

    public UdpAddress LocalAddress { get; }

    /// <summary>The kernel's number of it.</summary>
    public int Descriptor => _socket;

    public bool HasDatagram
    {
        get
        {
            var polled = new Libc.PollFd { Descriptor = _socket, Events = Libc.PollIn };
            var time = default(Libc.TimeSpec);
            return Libc.ppoll(&polled, 1, &time, null) > 0 && (polled.Returned & Libc.PollIn) != 0;
        }
    }

    public int MaxSegments => _canSegment ? SegmentsMax : 1;

    public void Wait(TimeSpan timeout)
    {
        var polled = stackalloc Libc.PollFd[2];
        polled[0] = new Libc.PollFd { Descriptor = _socket, Events = Libc.PollIn };
        polled[1] = new Libc.PollFd { Descriptor = _event, Events = Libc.PollIn };
        Libc.TimeSpec time;
        if (timeout >= TimeSpan.Zero) time = new() { Seconds = (long)timeout.TotalSeconds, Nanoseconds = timeout.Ticks % TimeSpan.TicksPerSecond * 100 };
        _ = Libc.ppoll(polled, 2, timeout < TimeSpan.Zero ? null : &time, null);
        if ((polled[1].Returned & Libc.PollIn) == 0) return;
        ulong count;
        _ = Libc.read(_event, &count, sizeof(ulong));
    }

    public int Receive(DatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var ring = ReceiveRing.Take();
        ring.ResetLengths();
        var count = Libc.recvmmsg(_socket, ring.Messages, ReceiveRing.BatchMax, Libc.MsgDontWait, null);
        var datagrams = 0;
        for (var i = 0; i < count; i++) datagrams += Deliver(ref ring.Messages[i], handler);
        ring.GiveBack();
        return datagrams;
    }

    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0)
    {
        if (bytes.IsEmpty || to.IsIPv4 != _isIPv4 || !_life.TryEnterReadLock(0)) return false;
        try
        {
            if (_closed) return false;
            if (bytes.Length <= segmentSize || !_canSegment) return SendEach(bytes, segmentSize, to, timeToLive);
            var error = SendOnce(bytes, segmentSize, to, timeToLive);
            if (error == 0) return true;
            if (error is not (Libc.EInval or Libc.EIo)) return false;
            if (!SendEach(bytes, segmentSize, to, timeToLive)) return false;
            // One by one they went: no GSO for this device or kernel. (Segments too large for the device fail either way, and say nothing about GSO.)
            _canSegment = false;
            return true;
        }
        finally
        {
            _life.ExitReadLock();
        }
    }

    public void Wake()
    {
        if (!_life.TryEnterReadLock(0)) return;
        try
        {
            if (_closed) return;
            var one = 1UL;
            _ = Libc.write(_event, &one, sizeof(ulong));
        }
        finally
        {
            _life.ExitReadLock();
        }
    }

    public void Dispose()
    {
        _life.EnterWriteLock();
        try
        {
            if (_closed) return;
            _closed = true;
            Close();
        }
        finally
        {
            _life.ExitWriteLock();
        }
    }

    private static string LastError() => Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError());

    private static int Deliver(ref Libc.MMsgHdr message, DatagramHandler handler)
    {
        var from = SocketAddressCodec.Read(new ReadOnlySpan<byte>(message.Header.Name, SocketAddressCodec.Size));
        var bytes = new Span<byte>(message.Header.Vectors->Base, (int)message.Length);
        var size = SegmentSize(message.Header);
        if (size <= 0 || size >= bytes.Length)
        {
            if (!bytes.IsEmpty) handler(bytes, from);
            return 1;
        }

        var count = 0;
        for (; !bytes.IsEmpty; count++)
        {
            var length = Math.Min(size, bytes.Length);
            handler(bytes[..length], from);
            bytes = bytes[length..];
        }

        return count;
    }

    private static int SegmentSize(in Libc.MsgHdr header)
    {
        if (header.ControlLength < (nuint)sizeof(Libc.CMsgHdr) + sizeof(int)) return 0;
        var control = (Libc.CMsgHdr*)header.Control;
        return control->Level == Libc.SolUdp && control->Type == Libc.UdpGro ? *(int*)(control + 1) : 0;
    }

    private bool SendEach(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive)
    {
        var all = true;
        for (; bytes.Length > segmentSize; bytes = bytes[segmentSize..]) all &= SendOnce(bytes[..segmentSize], segmentSize, to, timeToLive) == 0;
        return all & (SendOnce(bytes, bytes.Length, to, timeToLive) == 0);
    }

    // Returns 0 or the error.
    [SkipLocalsInit]
    private int SendOnce(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive)
    {
        var name = stackalloc byte[SocketAddressCodec.Size];
        var control = stackalloc byte[ControlSize];
        fixed (byte* data = bytes)
        {
            var vector = new Libc.IoVec { Base = data, Length = (nuint)bytes.Length };
            var message = new Libc.MsgHdr
            {
                Name = name,
                NameLength = (uint)SocketAddressCodec.Write(to, new Span<byte>(name, SocketAddressCodec.Size)),
                Vectors = &vector,
                VectorCount = 1,
                Control = control,
                ControlLength = WriteControl(control, bytes.Length > segmentSize ? segmentSize : 0, timeToLive),
            };
            if (message.ControlLength == 0) message.Control = null;
            while (Libc.sendmsg(_socket, &message, Libc.MsgDontWait) < 0)
            {
                var error = Marshal.GetLastPInvokeError();
                if (error != Libc.EIntr) return error;
            }

            return 0;
        }
    }

    private nuint WriteControl(byte* control, int segmentSize, int timeToLive)
    {
        var length = 0;
        if (segmentSize > 0)
        {
            *(Libc.CMsgHdr*)control = new() { Length = (nuint)sizeof(Libc.CMsgHdr) + sizeof(ushort), Level = Libc.SolUdp, Type = Libc.UdpSegment };
            *(ushort*)(control + sizeof(Libc.CMsgHdr)) = (ushort)segmentSize;
            length += sizeof(Libc.CMsgHdr) + 8;
        }

        if (timeToLive > 0)
        {
            *(Libc.CMsgHdr*)(control + length) = new()
            {
                Length = (nuint)sizeof(Libc.CMsgHdr) + sizeof(int),
                Level = _isIPv4 ? Libc.IpProtoIp : Libc.IpProtoIpv6,
                Type = _isIPv4 ? Libc.IpTtl : Libc.Ipv6HopLimit,
            };
            *(int*)(control + length + sizeof(Libc.CMsgHdr)) = timeToLive;
            length += sizeof(Libc.CMsgHdr) + 8;
        }

        return (nuint)length;
    }

    private void Configure(DatagramOptions options)
    {
        // The forced sizes need a capability; without it the system's limit holds.
        if (!Set(Libc.SolSocket, Libc.SoRcvBufForce, options.ReceiveBufferSize)) _ = Set(Libc.SolSocket, Libc.SoRcvBuf, options.ReceiveBufferSize);
        if (!Set(Libc.SolSocket, Libc.SoSndBufForce, options.SendBufferSize)) _ = Set(Libc.SolSocket, Libc.SoSndBuf, options.SendBufferSize);
        _ = _isIPv4 ? Set(Libc.IpProtoIp, Libc.IpMtuDiscover, Libc.IpPmtuDiscProbe) : Set(Libc.IpProtoIpv6, Libc.Ipv6MtuDiscover, Libc.IpPmtuDiscProbe);
        if (!_isIPv4) _ = Set(Libc.IpProtoIpv6, Libc.Ipv6Only, 1);
        _ = Set(Libc.SolUdp, Libc.UdpGro, 1);
    }

    // Sandboxes refuse system calls; nothing is there to receive yet, so any other error is fine.
    private bool CanReceiveBatches()
    {
        var message = default(Libc.MMsgHdr);
        return Libc.recvmmsg(_socket, &message, 1, Libc.MsgDontWait, null) >= 0 || Marshal.GetLastPInvokeError() is not (Libc.ENoSys or Libc.EPerm);
    }

    private void Close()
    {
        _ = Libc.close(_socket);
        if (_event >= 0) _ = Libc.close(_event);
    }

    private bool Set(int level, int name, int value) => Libc.setsockopt(_socket, level, name, &value, sizeof(int)) == 0;

    private UdpAddress Bind(UdpAddress local)
    {
        var name = stackalloc byte[SocketAddressCodec.Size];
        var length = (uint)SocketAddressCodec.Write(local, new Span<byte>(name, SocketAddressCodec.Size));
        if (Libc.bind(_socket, name, length) != 0)
        {
            var (error, text) = (Marshal.GetLastPInvokeError(), LastError());
            Close();
            throw Bound.Failed(local, error == Libc.EAddrInUse, text);
        }

        length = SocketAddressCodec.Size;
        _ = Libc.getsockname(_socket, name, &length);
        return SocketAddressCodec.Read(new ReadOnlySpan<byte>(name, SocketAddressCodec.Size));
    }
}
