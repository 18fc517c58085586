using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Nashi.Datagrams;

/// <summary>UDP through the runtime's own socket: one system call per datagram, on every system.</summary>
internal sealed class PortableDatagramSocket : IDatagramSocket
{
    private const int LargestDatagram = 65_536;
    private const int BatchMax = 128;

    [ThreadStatic]
    private static SocketAddress? t_ipv4;

    [ThreadStatic]
    private static SocketAddress? t_ipv6;

    // A thread receives from one socket at a time, whichever of its sockets that is.
    [ThreadStatic]
    private static byte[]? t_buffer;

    private readonly Socket _socket;
    private readonly Lock _ttlGate = new();
    private readonly SocketAddress _from;
    private readonly AddressFamily _family;
    private readonly UdpAddress _self;

    public PortableDatagramSocket(UdpAddress local, DatagramOptions options)
    {
        _family = local.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        _socket = new Socket(_family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _from = new SocketAddress(_family);
        try
        {
            _socket.ReceiveBufferSize = options.ReceiveBufferSize;
            _socket.SendBufferSize = options.SendBufferSize;
            Configure();
            _socket.Bind(local.ToEndPoint());
        }
        catch (SocketException error)
        {
            _socket.Dispose();
            throw Bound.Failed(local, error.SocketErrorCode == SocketError.AddressAlreadyInUse, error.Message, error);
        }

        LocalAddress = UdpAddress.From((IPEndPoint)_socket.LocalEndPoint!);
        _self = Bound.Loopback(LocalAddress);
    }

    public UdpAddress LocalAddress { get; }

    public int MaxSegments => 1;

    public bool HasDatagram
    {
        get
        {
            try
            {
                return _socket.Poll(0, SelectMode.SelectRead);
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return false;
            }
        }
    }

    public void Wait(TimeSpan timeout)
    {
        // Poll counts microseconds in an int; longer waits simply return early.
        var micros = timeout < TimeSpan.Zero || timeout.TotalMicroseconds > int.MaxValue ? int.MaxValue : (int)timeout.TotalMicroseconds;
        try
        {
            _ = _socket.Poll(micros, SelectMode.SelectRead);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Closed: the owner's loop sees it.
        }
    }

    public int Receive(DatagramHandler handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        var buffer = t_buffer ?? GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
        // Another one for a receive within a receive.
        t_buffer = null;
        var count = 0;
        while (count < BatchMax && TryReceive(buffer, out var length))
        {
            count++;
            // An empty datagram is how we wake ourselves.
            if (length > 0) handler(buffer.AsSpan(0, length), AddressOf(_from));
        }

        t_buffer = buffer;
        return count;
    }

    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0)
    {
        if (to.IsIPv4 != (_family == AddressFamily.InterNetwork)) return false;
        var address = AddressOf(to);
        if (timeToLive > 0) return SendWithTimeToLive(bytes, address, timeToLive);
        var all = true;
        for (; bytes.Length > segmentSize; bytes = bytes[segmentSize..]) all &= TrySend(bytes[..segmentSize], address);
        return TrySend(bytes, address) && all;
    }

    public void Wake() => _ = Send([], 0, _self);

    public void Dispose() => _socket.Dispose();

    // Port and address have the same places in the sockaddr of every system; only the family's differs, and the runtime knows it.
    private static UdpAddress AddressOf(SocketAddress from)
    {
        var bytes = from.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return UdpAddress.FromBytes(from.Family == AddressFamily.InterNetwork ? bytes.Slice(4, 4) : bytes.Slice(8, 16), port);
    }

    private static SocketAddress AddressOf(UdpAddress to)
    {
        var address = to.IsIPv4 ? t_ipv4 ??= new SocketAddress(AddressFamily.InterNetwork) : t_ipv6 ??= new SocketAddress(AddressFamily.InterNetworkV6);
        var bytes = address.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)to.Port);
        _ = to.WriteBytes(bytes[(to.IsIPv4 ? 4 : 8)..]);
        return address;
    }

    private bool TrySend(ReadOnlySpan<byte> bytes, SocketAddress to)
    {
        try
        {
            _ = _socket.SendTo(bytes, SocketFlags.None, to);
            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private bool SendWithTimeToLive(ReadOnlySpan<byte> bytes, SocketAddress to, int timeToLive)
    {
        try
        {
            lock (_ttlGate)
            {
                var before = _socket.Ttl;
                _socket.Ttl = (short)timeToLive;
                var sent = TrySend(bytes, to);
                _socket.Ttl = before;
                return sent;
            }
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    private bool TryReceive(byte[] buffer, out int length)
    {
        length = 0;
        try
        {
            if (_socket.Available == 0 && !_socket.Poll(0, SelectMode.SelectRead)) return false;
            length = _socket.ReceiveFrom(buffer, SocketFlags.None, _from);
            return true;
        }
        catch (SocketException error)
        {
            // A port that answered "unreachable" is reported here; it says nothing about the next datagram.
            return error.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionRefused;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    private void Configure()
    {
        // The search for the largest packet needs that none is cut on the way.
        if (_family == AddressFamily.InterNetwork && !OperatingSystem.IsMacOS()) _socket.DontFragment = true;
        // Windows reports "port unreachable" as an error of the next receive, and would stop the loop.
        if (!OperatingSystem.IsWindows()) return;
        const int UdpConnectionReset = unchecked((int)0x9800000C);
        _ = _socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
    }
}
