using System.Net;
using System.Net.Sockets;
using System.Text;
using Nashi.Laboratory.Topology;

namespace Nashi.Laboratory.Checks;

/// <summary>A UDP socket on a host, for short texts. A packet that has not come after the patience does not come.</summary>
internal sealed class ProbeSocket : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(150);
    private readonly Socket _socket;

    public ProbeSocket(Host host, int port = 0)
        : this(host, host.Address, port)
    {
    }

    public ProbeSocket(Host host, IPAddress address, int port)
    {
        _socket = host.Space.Run(() => new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp));
        _socket.Bind(new IPEndPoint(address, port));
    }

    public IPEndPoint Local => (IPEndPoint)_socket.LocalEndPoint!;

    public short Ttl
    {
        set => _socket.Ttl = value;
    }

    public void Send(string text, IPEndPoint to)
    {
        try
        {
            _socket.SendTo(Encoding.ASCII.GetBytes(text), to);
        }
        catch (SocketException)
        {
            // An earlier packet was refused on its way; this one counts as lost.
        }
    }

    /// <summary>Who sent this text; null when it did not come. Other texts are passed over. One that must come is given more time, for a machine that is busy.</summary>
    public IPEndPoint? Receive(string text, bool mustCome = false)
    {
        var buffer = new byte[2048];
        var end = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var left = (mustCome ? 10 * Patience : Patience) - TimeProvider.System.GetElapsedTime(end);
            if (left <= TimeSpan.Zero || !_socket.Poll(left, SelectMode.SelectRead)) return null;
            try
            {
                EndPoint from = new IPEndPoint(IPAddress.Any, 0);
                var length = _socket.ReceiveFrom(buffer, ref from);
                if (Encoding.ASCII.GetString(buffer, 0, length) == text) return (IPEndPoint)from;
            }
            catch (SocketException)
            {
                // The echo of a refused packet.
            }
        }
    }

    public void Dispose() => _socket.Dispose();
}
