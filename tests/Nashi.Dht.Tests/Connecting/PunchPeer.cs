using Nashi.Datagrams;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>A host behind a router with the sockets of one punch.</summary>
internal sealed class PunchPeer(UdpAddress host, VirtualNat nat)
{
    private readonly Dictionary<int, UdpAddress> _sockets = [];
    private int _nextPort = 40_000;

    /// <summary>Where the node itself sends from.</summary>
    public const int NodeSocket = -1;

    public VirtualNat Nat { get; } = nat;

    /// <summary>Called with (socket, bytes, from).</summary>
    public Action<int, ReadOnlyMemory<byte>, UdpAddress> Received { get; set; } = (_, _, _) => { };

    public int Sockets => _sockets.Count;

    public int Reopens { get; private set; }

    public void Send(int socket, ReadOnlySpan<byte> bytes, UdpAddress to, int timeToLive = 64) => Nat.Send(Bind(socket), bytes, to, timeToLive);

    public void Reopen(int socket)
    {
        Reopens++;
        if (_sockets.Remove(socket, out var old)) Nat.SetReceiver(old, null);
    }

    private UdpAddress Bind(int socket)
    {
        if (_sockets.TryGetValue(socket, out var known)) return known;
        var local = _sockets[socket] = host.WithPort(_nextPort++);
        Nat.SetReceiver(local, (bytes, from, _) => Received(socket, bytes, from));
        return local;
    }
}
