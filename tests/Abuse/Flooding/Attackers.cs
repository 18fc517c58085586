using System.Net;
using System.Net.Sockets;

namespace Nashi.Abuse.Flooding;

/// <summary>Sockets on many addresses. What comes back to some of them is counted; the rest is left to the kernel.</summary>
internal sealed class Attackers : IDisposable
{
    private const int Watched = 8;
    private const int HeaderBytes = 28;

    private readonly Socket[] _sockets;
    private readonly byte[] _buffer = new byte[65536];

    public Attackers(HostNetwork network, int count)
    {
        _sockets = [.. Enumerable.Range(0, count).Select(number =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp) { Blocking = false };
            socket.Bind(new IPEndPoint(network.Attacker(number), 0));
            if (number < Watched) socket.ReceiveBufferSize = 1 << 21;
            return socket;
        })];
    }

    public long Sent { get; private set; }

    /// <summary>Datagrams that our own kernel did not take.</summary>
    public long Refused { get; private set; }

    /// <summary>Bytes sent by those that are watched, with their headers.</summary>
    public long BytesOut { get; private set; }

    /// <summary>Bytes that came back to them.</summary>
    public long BytesIn { get; private set; }

    public void Send(int number, byte[] datagram, SocketAddress to)
    {
        try
        {
            _sockets[number].SendTo(datagram, SocketFlags.None, to);
            Sent++;
            if (number < Watched) BytesOut += datagram.Length + HeaderBytes;
        }
        catch (SocketException)
        {
            Refused++;
        }
    }

    /// <summary>Counts what came back.</summary>
    public void Drain()
    {
        for (var i = 0; i < Math.Min(Watched, _sockets.Length); i++)
        {
            while (_sockets[i].Available > 0) BytesIn += _sockets[i].Receive(_buffer) + HeaderBytes;
        }
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
    }
}
