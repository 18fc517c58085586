using Nashi.Datagrams;
using Nashi.TcpRelay.Driver;

namespace Nashi.TcpRelay;

/// <summary>Opens UDP sockets that can be sent round by a TCP relay while UDP is blocked, and back again, without whoever uses them noticing.</summary>
/// <remarks>
/// Give <see cref="Open"/> to whatever opens sockets. On the detour, only what the relay reaches goes by it: neighbours on the local network are still spoken to
/// directly. Thread-safe. Does not own the connections.
/// </remarks>
public sealed class Detour
{
    /// <summary>How long a stream that has been carried by the relay has to be silent before it is expected on the straight way.</summary>
    public static readonly TimeSpan StreamsStayFor = TimeSpan.FromSeconds(60);

    private readonly Func<UdpAddress, DatagramOptions, IDatagramSocket> _openStraight;
    private readonly TimeProvider _clock;
    private readonly Lock _gate = new();
    private readonly HashSet<DetourSocket> _sockets = [];
    private TcpRelayConnection? _connection;

    /// <summary>Makes one that goes straight.</summary>
    /// <param name="openStraight">Opens the UDP sockets. Default: the operating system's.</param>
    /// <param name="clock">The clock. Default: the system's.</param>
    public Detour(Func<UdpAddress, DatagramOptions, IDatagramSocket>? openStraight = null, TimeProvider? clock = null)
    {
        _openStraight = openStraight ?? DatagramSockets.Bind;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>By which relay datagrams go round now; null when they go straight.</summary>
    public TcpRelayConnection? Connection => Volatile.Read(ref _connection);

    /// <summary>Opens a socket.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public IDatagramSocket Open(UdpAddress local, DatagramOptions options)
    {
        var socket = new DetourSocket(this, _openStraight(local, options));
        lock (_gate)
        {
            _sockets.Add(socket);
            if (_connection is { } connection) socket.Take(connection);
        }

        return socket;
    }

    /// <summary>Opens a socket that always goes straight, to find out whether that works.</summary>
    /// <exception cref="DatagramException">The address or port is not to be had.</exception>
    public IDatagramSocket OpenStraight(UdpAddress local, DatagramOptions options) => _openStraight(local, options);

    /// <summary>From now on everything goes round by this relay; in place of another one, if need be.</summary>
    public void Take(TcpRelayConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (_gate)
        {
            if (_connection == connection) return;
            Volatile.Write(ref _connection, connection);
            foreach (var socket in _sockets) socket.Take(connection);
        }
    }

    /// <summary>From now on everything goes straight, but for streams that the relay carried lately: those stay, until they fall silent.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            Volatile.Write(ref _connection, null);
            foreach (var socket in _sockets) socket.Leave();
        }
    }

    /// <summary>A connection is over: nothing goes by it any more.</summary>
    public void Drop(TcpRelayConnection connection)
    {
        ArgumentNullException.ThrowIfNull(connection);
        lock (_gate)
        {
            if (_connection == connection) Volatile.Write(ref _connection, null);
            foreach (var socket in _sockets) socket.Drop(connection);
        }
    }

    /// <summary>Whether packets to the address are carried by a relay now, and by which.</summary>
    public TcpRelayLink? RelayTo(UdpAddress remote)
    {
        lock (_gate)
        {
            var since = StreamsSince;
            return _sockets.Select(socket => socket.RelayTo(remote, since)).FirstOrDefault(relay => relay is not null);
        }
    }

    /// <summary>Whether streams that stayed when the detour was left still speak.</summary>
    public bool HasStreams
    {
        get
        {
            lock (_gate)
            {
                var since = StreamsSince;
                return _sockets.Any(socket => socket.HasStreams(since));
            }
        }
    }

    internal Instant StreamsSince => Instant.Now(_clock) - StreamsStayFor;

    internal void Forget(DetourSocket socket)
    {
        lock (_gate) _sockets.Remove(socket);
    }
}
