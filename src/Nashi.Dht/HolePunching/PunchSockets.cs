using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Udx;

namespace Nashi.Dht.HolePunching;

/// <summary>The sockets of one punch: number 0 for everything, and quiet ones that exist from their first knock on.</summary>
/// <remarks>
/// Hundreds of quiet sockets cost a file descriptor each and no thread: <see cref="Check"/>, called whenever the punch knocks, finds those that something
/// came to, and has them received from. Owned by a punch session; a socket that was taken is not closed with it. Thread-safe.
/// </remarks>
internal sealed class PunchSockets : IAsyncDisposable
{
    private const int ShortTtl = 5;
    private const int LongTtl = 64;
    // A stranger who finds more of our ports than an honest peer ever hits costs us no more threads than this.
    private const int MaxHits = 8;

    /// <summary>What a knock is: no word of any protocol above.</summary>
    internal static ReadOnlySpan<byte> Knock => [0];

    private readonly IConnectNode _node;
    private readonly Action<int, UdpAddress> _knocked;
    private readonly UdpAddress _local;
    private readonly Lock _gate = new();
    private readonly Dictionary<int, IDatagramSocket> _quiet = [];
    private readonly Dictionary<int, PunchSocket> _open = [];
    private int _hits;
    private bool _isClosed;

    /// <summary>Prepares; nothing is bound before <see cref="Open"/>.</summary>
    /// <param name="node">The node.</param>
    /// <param name="knocked">Told on a socket's thread which socket a knock came to, and from where.</param>
    public PunchSockets(IConnectNode node, Action<int, UdpAddress> knocked)
    {
        _node = node;
        _knocked = knocked;
        _local = node.DefaultSocket.LocalAddress.WithPort(0);
    }

    /// <summary>Socket 0; null once closed or taken.</summary>
    public UdxSocket? Main
    {
        get
        {
            lock (_gate) return _open.GetValueOrDefault(0)?.Socket;
        }
    }

    /// <summary>Binds socket 0 to any port of the interface the node is bound to, and closes the one before it.</summary>
    /// <exception cref="DatagramException">No port is to be had.</exception>
    public void Open()
    {
        PunchSocket? old;
        lock (_gate)
        {
            if (_isClosed) return;
            old = _open.GetValueOrDefault(0);
            _open[0] = Adopt(0, _node.Udx.OpenQuiet(_local));
        }

        if (old is not null) _ = old.DisposeAsync().AsTask();
    }

    /// <summary>Sends one knock.</summary>
    public void Send(PunchKnock knock)
    {
        var ttl = knock.IsShort ? ShortTtl : LongTtl;
        lock (_gate)
        {
            if (_isClosed) return;
            if (_open.TryGetValue(knock.Socket, out var open)) open.Socket.TrySend(Knock, knock.To, ttl);
            else if (Quiet(knock.Socket) is { } quiet) quiet.Send(Knock, Knock.Length, knock.To, ttl);
        }
    }

    /// <summary>Starts receiving from quiet sockets that something came to.</summary>
    public void Check()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            foreach (var (index, socket) in _quiet)
            {
                if (_hits == MaxHits) return;
                if (!socket.HasDatagram) continue;
                _hits++;
                _quiet.Remove(index);
                _open[index] = Adopt(index, socket);
            }
        }
    }

    /// <summary>Gives a socket away.</summary>
    /// <returns>Null when it is none of these, or closed.</returns>
    public PunchSocket? TryTake(UdxSocket socket)
    {
        lock (_gate)
        {
            foreach (var (index, open) in _open)
            {
                if (open.Socket != socket) continue;
                _open.Remove(index);
                return open;
            }
        }

        return null;
    }

    /// <summary>Gives a socket away.</summary>
    /// <returns>Null when there is none of the number.</returns>
    public PunchSocket? TryTake(int index)
    {
        lock (_gate) return _open.Remove(index, out var socket) ? socket : null;
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        PunchSocket[] open;
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            foreach (var socket in _quiet.Values) socket.Dispose();
            _quiet.Clear();
            open = [.. _open.Values];
            _open.Clear();
        }

        foreach (var socket in open) await socket.DisposeAsync().ConfigureAwait(false);
    }

    private PunchSocket Adopt(int index, IDatagramSocket socket) => new(_node, socket, from => _knocked(index, from));

    private IDatagramSocket? Quiet(int index)
    {
        if (_quiet.TryGetValue(index, out var known)) return known;
        try
        {
            return _quiet[index] = _node.Udx.OpenQuiet(_local);
        }
        catch (DatagramException)
        {
            // Out of ports or descriptors: with fewer sockets it takes longer.
            return null;
        }
    }
}
