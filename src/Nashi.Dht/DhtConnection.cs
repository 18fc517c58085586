using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht;

/// <summary>An encrypted connection to a peer that proved its key.</summary>
/// <remarks>
/// Owned by whoever got it; dispose it to close it. Thread-safe as its <see cref="Stream"/> is. One that came about through a blind relay moves to a direct path
/// as soon as there is one, while bytes flow.
/// </remarks>
public sealed partial class DhtConnection : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private RelayLeg? _leg;
    private PunchSocket? _socket;
    private ConnectionKind _direct;
    private bool _isMoving;
    private bool _mayUpgrade;

    private DhtConnection(SecretStream.SecretStream stream, UdxStream raw, bool isInitiator, ConnectionKind kind)
    {
        Stream = stream;
        Raw = raw;
        IsInitiator = isInitiator;
        Kind = kind;
    }

    /// <summary>The encrypted stream.</summary>
    public SecretStream.SecretStream Stream { get; }

    /// <summary>The stream of datagrams below it.</summary>
    public UdxStream Raw { get; }

    /// <summary>By which socket it reaches the remote itself; null when it does so through a relay, or not at all.</summary>
    internal UdxSocket? DirectSocket => Kind == ConnectionKind.Relayed ? null : Raw.Socket;

    /// <summary>Who the remote proved to be.</summary>
    public PublicKey RemotePublicKey => Stream.RemotePublicKey;

    /// <summary>Where packets for the remote are sent now: to it, or to the relay.</summary>
    public UdpAddress RemoteAddress => Raw.Remote;

    /// <summary>Whether we called.</summary>
    public bool IsInitiator { get; }

    /// <summary>How the two ends reach each other now.</summary>
    public ConnectionKind Kind { get; private set; }

    /// <summary>The relay it goes through, or that is kept in reserve; null for none.</summary>
    public PublicKey? Relay => _leg?.Relay;

    /// <summary>Raised, on any thread, when <see cref="Kind"/> changed: a relayed connection became a direct one, or had to go back.</summary>
    public event Action<DhtConnection>? PathChanged;

    /// <summary>Closes the connection.</summary>
    public ValueTask DisposeAsync() => Stream.DisposeAsync();

    /// <summary>Who is at the other end, and how.</summary>
    public override string ToString() => $"{Kind} connection {(IsInitiator ? "to" : "from")} {RemotePublicKey} at {RemoteAddress}";

    /// <summary>Starts the encryption on a stream that has been connected; the keys are wiped.</summary>
    internal static DhtConnection Open(UdxStream raw, NoiseResult keys, ConnectionKind kind, PunchSocket? punched, TimeSpan keepAlive, IConnectNode node)
    {
        var connection = Open(raw, keys, kind, keepAlive, node);
        connection._socket = punched;
        _ = connection.FollowAsync();
        node.Track(connection);
        return connection;
    }

    /// <summary>The same for a stream that goes through a relay; <see cref="EndUpgrade"/> is to be called when no direct path is looked for any more.</summary>
    internal static DhtConnection OpenRelayed(UdxStream raw, NoiseResult keys, RelayLeg leg, TimeSpan keepAlive, IConnectNode node)
    {
        var connection = Open(raw, keys, ConnectionKind.Relayed, keepAlive, node);
        (connection._leg, connection._mayUpgrade) = (leg, true);
        raw.FollowsRemote = false;
        raw.PathChanged += connection.NotePath;
        _ = connection.FollowAsync();
        _ = connection.WatchRelayAsync(leg);
        node.Track(connection);
        return connection;
    }

    /// <summary>Gives up a client that was never heard of, at the least cost.</summary>
    internal void Abandon()
    {
        Raw.Abandon();
        Stream.Abort(new CloseReason(CloseKind.RawClosed, "The client was not heard of after its handshake, and others want its place."));
    }

    /// <summary>A direct path was found: moves there if it holds what it promises.</summary>
    internal void Move(UdxSocket socket, uint remoteId, UdpAddress to, ConnectionKind kind, PunchSocket? punched)
    {
        var isNew = false;
        lock (_gate)
        {
            if (_leg is not null && !_isMoving && Kind == ConnectionKind.Relayed) (isNew, _isMoving, _direct, _socket) = (true, true, kind, punched);
        }

        if (isNew) _ = MoveAsync(Raw.TryMoveAsync(socket, remoteId, to), punched);
        else if (punched is not null) _ = punched.DisposeAsync().AsTask();
    }

    /// <summary>No direct path is looked for any more.</summary>
    internal void EndUpgrade()
    {
        lock (_gate) _mayUpgrade = false;
        if (_leg is { Closed.IsCompleted: true }) HandleRelayLost();
    }

    private static DhtConnection Open(UdxStream raw, NoiseResult keys, ConnectionKind kind, TimeSpan keepAlive, IConnectNode node)
    {
        using (keys)
        {
            var options = new SecretStreamOptions { KeepAlive = keepAlive, Clock = node.Clock, Random = node.Random };
            return new DhtConnection(SecretStream.SecretStream.Open(raw, keys, options), raw, keys.IsInitiator, kind) { _keepAlive = keepAlive };
        }
    }

    private async Task MoveAsync(Task<bool> move, PunchSocket? punched)
    {
        var hasMoved = await move.ConfigureAwait(false);
        RelayLeg? leg = null;
        lock (_gate)
        {
            _isMoving = false;
            if (hasMoved) (leg, _leg) = (_leg, null);
            else if (_socket == punched) _socket = null;
        }

        if (leg is not null) await leg.DisposeAsync().ConfigureAwait(false);
        if (hasMoved) return;
        if (punched is not null) await punched.DisposeAsync().ConfigureAwait(false);
        if (_leg is { Closed.IsCompleted: true }) HandleRelayLost();
    }

    // Inside the stream, which may be anywhere in a call of ours: only notes it down.
    private void NotePath() => ThreadPool.UnsafeQueueUserWorkItem(_ =>
    {
        lock (_gate)
        {
            var kind = _leg is { } leg && Raw.Remote == leg.Address && Raw.Socket == leg.Socket ? ConnectionKind.Relayed : _direct;
            if (kind == Kind) return;
            Kind = kind;
            Raw.FollowsRemote = kind != ConnectionKind.Relayed;
        }

        PathChanged?.Invoke(this);
    }, null);

    private async Task WatchRelayAsync(RelayLeg leg)
    {
        await leg.Closed.ConfigureAwait(false);
        HandleRelayLost();
    }

    // A direct path that is being tried has to do; without one, and without hope of one, the connection is over.
    private void HandleRelayLost()
    {
        bool isOver;
        lock (_gate)
        {
            if (_leg is null) return;
            isOver = !_isMoving && !_mayUpgrade && Kind == ConnectionKind.Relayed;
        }

        Raw.LoseOldPath();
        if (isOver) Stream.Abort(new CloseReason(CloseKind.RawClosed, "The relay closed."));
    }

    /// <summary>Learns that the path broke, even while nobody reads, and closes what was only for this connection.</summary>
    private async Task FollowAsync()
    {
        var reason = await Raw.Closed.ConfigureAwait(false);
        if (reason.Kind != UdxCloseKind.Ended) Stream.Abort(new CloseReason(CloseKind.RawClosed, reason.Message));
        RelayLeg? leg;
        PunchSocket? socket;
        lock (_gate)
        {
            (leg, socket) = (_leg, _socket);
            (_leg, _socket) = (null, null);
        }

        if (leg is not null) await leg.DisposeAsync().ConfigureAwait(false);
        if (socket is not null) await socket.DisposeAsync().ConfigureAwait(false);
    }
}
