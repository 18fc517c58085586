using System.Net;
using System.Net.Sockets;

namespace Nashi.Datagrams;

/// <summary>UDP through the runtime's own socket: one system call per datagram, on every system.</summary>
internal sealed class PortableDatagramSocket : IDatagramSocket
{
    private const int LargestDatagram = 65_536;
    private const int BatchMax = 128;

    private readonly Socket _socket;
    private readonly Lock _ttlGate = new();
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(LargestDatagram, pinned: true);
    private readonly SocketAddress _from;
    private readonly UdpAddress _self;

    public PortableDatagramSocket(UdpAddress local, DatagramOptions options)
    {
        var family = local.IsIPv4 ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6;
        _socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _from = new SocketAddress(family);
        try
        {
            _socket.ReceiveBufferSize = options.ReceiveBufferSize;
            _socket.SendBufferSize = options.SendBufferSize;
            IgnoreUnreachable();
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
        var count = 0;
        while (count < BatchMax && TryReceive(out var length))
        {
            count++;
            // An empty datagram is how we wake ourselves.
            if (length > 0) handler(_buffer.AsSpan(0, length), AddressOf(_from));
        }

        return count;
    }

    public bool Send(ReadOnlySpan<byte> bytes, int segmentSize, UdpAddress to, int timeToLive = 0)
    {
        try
        {
            var address = to.ToEndPoint();
            if (timeToLive == 0)
            {
                for (; bytes.Length > segmentSize; bytes = bytes[segmentSize..]) _ = _socket.SendTo(bytes[..segmentSize], address);
                _ = _socket.SendTo(bytes, address);
                return true;
            }

            lock (_ttlGate)
            {
                var before = _socket.Ttl;
                _socket.Ttl = (short)timeToLive;
                _ = _socket.SendTo(bytes, address);
                _socket.Ttl = before;
            }

            return true;
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public void Wake() => _ = Send([], 0, _self);

    public void Dispose() => _socket.Dispose();

    private static UdpAddress AddressOf(SocketAddress from) =>
        UdpAddress.From((IPEndPoint)new IPEndPoint(from.Family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(from));

    private bool TryReceive(out int length)
    {
        length = 0;
        try
        {
            if (_socket.Available == 0 && !_socket.Poll(0, SelectMode.SelectRead)) return false;
            length = _socket.ReceiveFrom(_buffer, SocketFlags.None, _from);
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

    // Windows reports "port unreachable" as an error of the next receive, and would stop the loop.
    private void IgnoreUnreachable()
    {
        if (!OperatingSystem.IsWindows()) return;
        const int UdpConnectionReset = unchecked((int)0x9800000C);
        _ = _socket.IOControl(UdpConnectionReset, [0, 0, 0, 0], null);
    }
}
