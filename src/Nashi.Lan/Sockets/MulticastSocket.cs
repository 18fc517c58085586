using System.Net;
using System.Net.Sockets;
using Nashi.Datagrams;
using Nashi.Lan.Messages;

namespace Nashi.Lan.Sockets;

/// <summary>A socket for multicast DNS on one interface and one family.</summary>
/// <remarks>
/// Shares its port with other programs (RFC 6762 §15), sends out of its interface whatever the routing table says, and so works where there are no routes
/// at all. Sending never blocks; one loop receives.
/// </remarks>
internal sealed class MulticastSocket : IDisposable
{
    private const int HopLimit = 255;
    private const int MaxErrorsInARow = 100;

    private static readonly IPAddress GroupIPv4 = new([224, 0, 0, 251]);
    private static readonly IPAddress GroupIPv6 = IPAddress.Parse("ff02::fb");

    private readonly Socket _socket;
    private readonly LanInterface _card;
    private readonly IPEndPoint _group;

    private MulticastSocket(LanInterface card, AddressFamily family, int port)
    {
        _card = card;
        _socket = new Socket(family, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _group = family == AddressFamily.InterNetwork ? JoinIPv4(port) : JoinIPv6(port);
            _socket.Blocking = false;
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is for IPv4.</summary>
    public bool IsIPv4 => _socket.AddressFamily == AddressFamily.InterNetwork;

    /// <summary>Opens a socket.</summary>
    /// <returns>Null when the system refuses; <paramref name="error"/> says why.</returns>
    public static MulticastSocket? TryOpen(LanInterface card, AddressFamily family, int port, out SocketException? error)
    {
        try
        {
            error = null;
            return new MulticastSocket(card, family, port);
        }
        catch (SocketException refused)
        {
            error = refused;
            return null;
        }
    }

    /// <summary>Sends to everybody on the link, or to one.</summary>
    public void Send(ReadOnlySpan<byte> datagram, UdpAddress? to)
    {
        try
        {
            _ = _socket.SendTo(datagram, SocketFlags.None, to is { } one ? EndPointOf(one) : _group);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // The interface is gone or full: multicast DNS repeats itself.
        }
    }

    /// <summary>Hands out what comes in from this link, until disposed.</summary>
    public async Task ReceiveAsync(Action<ReadOnlySpan<byte>, UdpAddress> handler)
    {
        var buffer = new byte[DnsMessage.MaxSize];
        var any = new IPEndPoint(IsIPv4 ? IPAddress.Any : IPAddress.IPv6Any, 0);
        for (var errors = 0; errors < MaxErrorsInARow;)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer.AsMemory(), SocketFlags.None, any).ConfigureAwait(false);
                errors = 0;
                var from = (IPEndPoint)received.RemoteEndPoint;
                if (_card.IsNeighbour(from.Address)) handler(buffer.AsSpan(0, received.ReceivedBytes), UdpAddress.From(from));
            }
            catch (SocketException error) when (error.SocketErrorCode is not (SocketError.OperationAborted or SocketError.Interrupted))
            {
                // One too long, or somebody's port was closed: says nothing about the next.
                errors++;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private IPEndPoint EndPointOf(UdpAddress to)
    {
        var end = to.ToEndPoint();
        if (end.Address is { IsIPv6LinkLocal: true, ScopeId: 0 }) end.Address.ScopeId = _card.Index;
        return end;
    }

    private IPEndPoint JoinIPv4(int port)
    {
        // Without this, Linux hands every socket what any of them has joined.
        if (OperatingSystem.IsLinux()) _socket.SetRawSocketOption(0, 49, BitConverter.GetBytes(0));
        _socket.Bind(new IPEndPoint(IPAddress.Any, port));
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, new MulticastOption(GroupIPv4, _card.Index));
        SendFromIPv4();
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastTimeToLive, HopLimit);
        _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastLoopback, true);
        return new IPEndPoint(GroupIPv4, port);
    }

    // The interface by its number, and where the system lets us say so (ip_mreqn) the address to speak from: it could choose one of another network.
    private void SendFromIPv4()
    {
        if (!OperatingSystem.IsLinux())
        {
            _socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.MulticastInterface, IPAddress.HostToNetworkOrder(_card.Index));
            return;
        }

        Span<byte> request = stackalloc byte[12];
        request.Clear();
        _ = _card.Addresses.First(address => address.AddressFamily == AddressFamily.InterNetwork).TryWriteBytes(request[4..], out _);
        BitConverter.TryWriteBytes(request[8..], _card.Index);
        _socket.SetRawSocketOption(0, 32, request);
    }

    private IPEndPoint JoinIPv6(int port)
    {
        _socket.DualMode = false;
        if (OperatingSystem.IsLinux()) TryLimitIPv6();
        _socket.Bind(new IPEndPoint(IPAddress.IPv6Any, port));
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.AddMembership, new IPv6MulticastOption(GroupIPv6, _card.Index));
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastInterface, _card.Index);
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastTimeToLive, HopLimit);
        _socket.SetSocketOption(SocketOptionLevel.IPv6, SocketOptionName.MulticastLoopback, true);
        return new IPEndPoint(new IPAddress(GroupIPv6.GetAddressBytes(), _card.Index), port);
    }

    private void TryLimitIPv6()
    {
        try
        {
            _socket.SetRawSocketOption(41, 29, BitConverter.GetBytes(0));
        }
        catch (SocketException)
        {
            // Before Linux 4.20: the check of the sender's network must do.
        }
    }
}
