using System.Collections.Concurrent;
using Nashi.Cryptography;
using Nashi.Dht.Connecting;
using Nashi.Encoding;

namespace Nashi.Dht.Relaying;

/// <summary>Carries packets between two peers that cannot reach each other, without being able to read them. Compatible with the npm package blind-relay.</summary>
/// <remarks>
/// A server of its node: clients connect by its key, name a token and a stream; two that name the same token are joined. Owned by the caller; close it before
/// its node. Thread-safe. Unlike the reference it forgets pairings that nobody completes, and everything a stranger can make it hold has a limit: see
/// <see cref="BlindRelayOptions"/>. Source: network.md §1.10, §7.
/// </remarks>
public sealed class BlindRelayServer : IAsyncDisposable
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    private readonly IConnectNode _node;
    private readonly DhtServer _server;
    private readonly Lock _gate = new();
    private readonly PairTable _table;
    private readonly ConcurrentDictionary<int, RelaySession> _sessions = new();
    private readonly Dictionary<Bytes32, RelayPair> _pairs = [];
    private readonly ITimer _timer;
    private Task _accepting = Task.CompletedTask;
    private int _lastSession;
    private long _requested;
    private long _matched;
    private long _cancelled;
    private long _expired;
    private long _refused;
    private long _malformed;
    private bool _isClosed;

    private BlindRelayServer(IConnectNode node, Func<DhtServerOptions, DhtServer> createServer, BlindRelayOptions options)
    {
        _node = node;
        Options = options.Validate();
        _table = new PairTable(options.MaxPairs, options.MaxPairsPerSession, options.PairTimeout);
        Meter = new RelayMeter(options.TotalRate, node.Clock);
        _server = createServer(new DhtServerOptions { Firewall = IsRefused });
        _timer = node.Clock.CreateTimer(static relay => ((BlindRelayServer)relay!).Tick(), this, TickEvery, TickEvery);
    }

    /// <summary>By which key clients reach it.</summary>
    public PublicKey PublicKey => _server.PublicKey;

    internal BlindRelayOptions Options { get; }

    internal RelayMeter Meter { get; }

    internal Instant Now => Instant.Now(_node.Clock);

    /// <summary>Announces a relay, and serves from then on.</summary>
    /// <param name="node">The node; it should be one that everybody can reach.</param>
    /// <param name="keyPair">Who the relay is; borrowed.</param>
    /// <param name="options">Whom it serves, and how much it gives.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<BlindRelayServer> StartAsync(
        DhtNode node, KeyPair keyPair, BlindRelayOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(node);
        return await StartAsync(node, node.CreateServer, keyPair, options, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>What it does and did.</summary>
    public BlindRelayStats GetStats()
    {
        lock (_gate)
        {
            return new BlindRelayStats(
                _sessions.Count, _lastSession, _table.WaitingCount, _pairs.Count, _requested, _matched, _cancelled, _expired, _refused, Meter.Bytes, Meter.Packets,
                Meter.Dropped, _malformed);
        }
    }

    /// <summary>Ends all pairs and withdraws the relay.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
        }

        await _timer.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
        await _accepting.ConfigureAwait(false);
        foreach (var session in _sessions.Values) await session.DisposeAsync().ConfigureAwait(false);
        lock (_gate)
        {
            foreach (var pair in _pairs.Values) pair.Close();
        }
    }

    internal static async ValueTask<BlindRelayServer> StartAsync(
        IConnectNode node, Func<DhtServerOptions, DhtServer> createServer, KeyPair keyPair, BlindRelayOptions? options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(keyPair);
        var relay = new BlindRelayServer(node, createServer, options ?? BlindRelayOptions.Default);
        try
        {
            await relay._server.ListenAsync(keyPair, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await relay.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        relay._accepting = relay.AcceptAsync();
        return relay;
    }

    /// <summary>A session asks to be paired.</summary>
    internal void Pair(RelaySession session, PairMessage message)
    {
        PairOutcome outcome;
        lock (_gate)
        {
            if (_isClosed) return;
            _requested++;
            var seat = new PairSeat(session.Id, message.IsInitiator, message.StreamId);
            outcome = _table.Pair(seat, message.Token, Now, out var other);
            if (outcome == PairOutcome.Refused) _refused++;
            if (outcome == PairOutcome.Matched) outcome = Join(message.Token, seat, other!);
        }

        if (outcome == PairOutcome.Refused) session.SendUnpair(message.Token);
        if (ToEvent(outcome) is { } kind) Tell(kind, session.Client, 0);
    }

    /// <summary>A session takes a pairing back.</summary>
    internal void Unpair(RelaySession session, Bytes32 token)
    {
        lock (_gate)
        {
            if (!_table.TryRemove(session.Id, token, out _)) return;
            _cancelled++;
            End(token);
        }
    }

    /// <summary>A session sent nonsense.</summary>
    internal void CountMalformed() => Interlocked.Increment(ref _malformed);

    /// <summary>A session is over.</summary>
    internal void Forget(RelaySession session)
    {
        if (!_sessions.TryRemove(session.Id, out _)) return;
        lock (_gate)
        {
            foreach (var token in _table.TokensOf(session.Id)) Leave(session, token);
        }

        Tell(BlindRelayEventKind.Closed, session.Client, 0);
    }

    /// <summary>How many pairings a session takes part in.</summary>
    internal int CountOf(RelaySession session)
    {
        lock (_gate) return _table.CountOf(session.Id);
    }

    private static BlindRelayEventKind? ToEvent(PairOutcome outcome) => outcome switch
    {
        PairOutcome.Waiting => BlindRelayEventKind.Waiting,
        PairOutcome.Matched => BlindRelayEventKind.Paired,
        PairOutcome.Refused => BlindRelayEventKind.Refused,
        _ => null,
    };

    private bool IsRefused(PublicKey client, Nashi.Datagrams.UdpAddress address) =>
        _sessions.Count >= Options.MaxSessions || (Options.Firewall?.Invoke(client, address) ?? false);

    private async Task AcceptAsync()
    {
        await foreach (var connection in _server.Connections.ReadAllAsync().ConfigureAwait(false))
        {
            var session = new RelaySession(this, Interlocked.Increment(ref _lastSession), connection, Now);
            _sessions[session.Id] = session;
            Tell(BlindRelayEventKind.Opened, session.Client, 0);
            session.Start();
        }
    }

    // Under the gate.
    private PairOutcome Join(Bytes32 token, PairSeat seat, PairSeat other)
    {
        if (!_sessions.TryGetValue(seat.Session, out var first) || !_sessions.TryGetValue(other.Session, out var second))
        {
            _table.Remove(token);
            return PairOutcome.Refused;
        }

        var pair = RelayPair.TryMake(_node, Meter, Options.PairRate, (first, seat), (second, other));
        if (pair is null)
        {
            _table.Remove(token);
            _refused++;
            second.SendUnpair(token);
            return PairOutcome.Refused;
        }

        _pairs.Add(token, pair);
        _matched++;
        pair.Announce(token);
        _ = FollowAsync(token, pair);
        return PairOutcome.Matched;
    }

    private async Task FollowAsync(Bytes32 token, RelayPair pair)
    {
        await pair.Closed.ConfigureAwait(false);
        lock (_gate)
        {
            if (_pairs.TryGetValue(token, out var present) && present == pair)
            {
                _pairs.Remove(token);
                _table.Remove(token);
            }
        }

        Tell(BlindRelayEventKind.Unpaired, pair.Client, pair.Bytes);
    }

    // Under the gate. The other side may have something under way yet.
    private void Leave(RelaySession session, Bytes32 token)
    {
        if (!_isClosed && _pairs.TryGetValue(token, out var pair) && !pair.Leave(Now)) return;
        _ = _table.TryRemove(session.Id, token, out _);
        if (!End(token)) _cancelled++;
    }

    // Under the gate.
    private bool End(Bytes32 token)
    {
        if (!_pairs.Remove(token, out var pair)) return false;
        pair.Close();
        return true;
    }

    private void Tick()
    {
        var now = Now;
        IReadOnlyList<(PairSeat Seat, Bytes32 Token)> late;
        lock (_gate)
        {
            late = _table.Expire(now);
            _expired += late.Count;
            foreach (var pair in _pairs.Values)
            {
                if (pair.IsIdle(now, Options.IdleTimeout)) pair.Close();
            }
        }

        foreach (var (seat, token) in late)
        {
            if (!_sessions.TryGetValue(seat.Session, out var session)) continue;
            session.SendUnpair(token);
            Tell(BlindRelayEventKind.Expired, session.Client, 0);
        }

        foreach (var session in _sessions.Values) session.CheckIdle(now);
    }

    private void Tell(BlindRelayEventKind kind, PublicKey client, long bytes) => Options.Observer?.Invoke(new BlindRelayEvent(kind, client, bytes));
}
