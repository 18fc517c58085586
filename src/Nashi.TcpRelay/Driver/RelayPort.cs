using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Nashi.Datagrams;
using Nashi.TcpRelay.Protocol;

namespace Nashi.TcpRelay.Driver;

/// <summary>One UDP port of a relay, for one client.</summary>
/// <remarks>No thread of its own: a relay has thousands of them, most of them quiet.</remarks>
internal sealed class RelayPort : IDisposable
{
    private const int SystemBuffer = 1024 * 1024;
    private const int RunMax = 64;
    private const int FailuresMax = 64;

    private readonly Socket _socket;
    private readonly SocketAddress _to;

    /// <summary>Binds one.</summary>
    /// <exception cref="SocketException">No port is to be had.</exception>
    public RelayPort(IPAddress host)
    {
        _socket = new Socket(host.AddressFamily, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
        _to = new SocketAddress(host.AddressFamily);
        try
        {
            _socket.ReceiveBufferSize = SystemBuffer;
            _socket.SendBufferSize = SystemBuffer;
            // Streams look for the largest packet that passes: none is to be cut on the way.
            if (host.AddressFamily == AddressFamily.InterNetwork && !OperatingSystem.IsMacOS()) _socket.DontFragment = true;
            _socket.Bind(new IPEndPoint(host, 0));
        }
        catch
        {
            _socket.Dispose();
            throw;
        }

        Number = ((IPEndPoint)_socket.LocalEndPoint!).Port;
    }

    /// <summary>Its number.</summary>
    public int Number { get; }

    /// <summary>Sends a datagram; one caller at a time. What the system does not take is lost.</summary>
    public void Send(ReadOnlySpan<byte> payload, UdpAddress to)
    {
        if (to.IsIPv4 != (_to.Family == AddressFamily.InterNetwork)) return;
        var bytes = _to.Buffer.Span;
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)to.Port);
        to.WriteBytes(bytes[(to.IsIPv4 ? 4 : 8)..]);
        try
        {
            _socket.SendTo(payload, SocketFlags.None, _to);
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException)
        {
            // Full, unreachable, or closed meanwhile: as lost as any datagram may be.
        }
    }

    /// <summary>Receives until closed.</summary>
    public async Task ReceiveAsync(DatagramHandler handler)
    {
        // One more than may pass, so that what is too long shows.
        var buffer = GC.AllocateUninitializedArray<byte>(DatagramFrame.PayloadMax + 1, pinned: true);
        var from = new SocketAddress(_socket.AddressFamily);
        var (run, failures) = (0, 0);
        while (true)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, from, CancellationToken.None).ConfigureAwait(false);
                failures = 0;
                if (length is > 0 and <= DatagramFrame.PayloadMax) handler(buffer.AsSpan(0, length), AddressOf(from));
            }
            catch (SocketException error) when (error.SocketErrorCode != SocketError.OperationAborted)
            {
                // A destination said "unreachable", or a datagram was too long: the next one may be fine. A socket that fails for ever must not spin.
                if (++failures > FailuresMax) return;
            }
            catch (Exception error) when (error is SocketException or ObjectDisposedException)
            {
                return;
            }

            // A port that never falls silent must not keep its thread.
            if (++run % RunMax == 0) await Task.Yield();
        }
    }

    /// <inheritdoc />
    public void Dispose() => _socket.Dispose();

    private static UdpAddress AddressOf(SocketAddress from)
    {
        var bytes = from.Buffer.Span;
        var port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return UdpAddress.FromBytes(from.Family == AddressFamily.InterNetwork ? bytes.Slice(4, 4) : bytes.Slice(8, 16), port);
    }
}
