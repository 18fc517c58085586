using System.Runtime.InteropServices;
using Nashi.Datagrams;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Routing;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Protocol;

/// <summary>A node of the DHT: knows others, answers them, keeps records for them, and asks them.</summary>
/// <remarks>
/// Owned by one <see cref="DhtNode"/>, used by one caller at a time. Pure: no clock, no I/O. Call order: <see cref="Start"/>, then any of
/// <see cref="Receive"/>, <see cref="Send"/>, <see cref="StartQuery"/>, and <see cref="HandleTimeout"/> when <see cref="NextTimeout"/> has come.
/// Source: network.md §2, §3.2.
/// </remarks>
internal sealed partial class DhtCore : IRpcOwner, IQueryHost
{
    private readonly DhtCoreOptions _options;
    private readonly IDhtEvents _events;
    private readonly IRandom _random;
    private readonly PriorityQueue<Action<Instant>, Instant> _later = new();
    private RoutingTable _table;
    private object _client;
    private object _server;
    private UdpAddress _serverAddress;

    /// <summary>Makes a core.</summary>
    public DhtCore(DhtCoreOptions options, IDhtEvents events, IRandom random, Instant now)
    {
        (_options, _events, _random) = (options, events, random);
        (_client, _server, _serverAddress, _entrances) = (options.ClientSocket, options.ServerSocket, options.ServerAddress, options.Bootstrap);
        IsFirewalled = options.IsFirewalled;
        Rpc = new(this, events, random, options.MaxWindow, now);
        Records = new(options.Records, random);
        Bytes32 id = default;
        random.Fill(id);
        _table = new(id);
        _refreshTicks = random.Next(RefreshEvery);
        _stableTicks = StableAfter;
        _nextTick = now + (TickLength * random.NextDouble());
    }

    /// <summary>Requests and responses.</summary>
    public RpcCore Rpc { get; }

    /// <summary>What is stored for others.</summary>
    public RecordKeeper Records { get; }

    /// <summary>The nodes known.</summary>
    public RoutingTable Table => _table;

    /// <summary>Whether the first look around is over.</summary>
    public bool IsBootstrapped { get; private set; }

    /// <summary>Whether it does not serve others.</summary>
    public bool IsEphemeral { get; private set; } = true;

    /// <summary>Whether not everybody can reach the server socket.</summary>
    public bool IsFirewalled { get; private set; }

    /// <summary>Where others see <see cref="DefaultSocket"/>; port 0 when each sees another; null when unknown.</summary>
    public UdpAddress? PublicAddress => _nat.Address;

    /// <summary>Own id; null while ephemeral.</summary>
    public Bytes32? Id => IsEphemeral ? null : _table.OwnId;

    /// <inheritdoc />
    public object DefaultSocket => IsFirewalled ? _client : _server;

    /// <inheritdoc />
    public NetworkSize Size { get; } = new();

    /// <inheritdoc />
    public IRandom Random => _random;

    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> Bootstrap => _entrances;

    /// <summary>When <see cref="HandleTimeout"/> is to be called.</summary>
    public Instant NextTimeout => IsSuspended
        ? Instant.Never
        : Instant.Min(Instant.Min(Rpc.NextTimeout, Instant.Min(_nextTick, _nextCall)), _later.TryPeek(out _, out var at) ? at : Instant.Never);

    /// <summary>Takes a datagram.</summary>
    public void Receive(object socket, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now) => Rpc.Receive(socket, datagram, from, now);

    /// <summary>Does what is due.</summary>
    public void HandleTimeout(Instant now)
    {
        Rpc.HandleTimeout(now);
        while (_later.TryPeek(out _, out var at) && at <= now) _later.Dequeue()(now);
        if (now >= _nextTick) Tick(now);
        if (now >= _nextCall) CallOut(now);
    }

    /// <inheritdoc />
    public void Send(RpcCall call, Instant now) => Rpc.Send(call, now);

    /// <summary>Starts a query.</summary>
    public Query StartQuery(QueryOptions options, Instant now)
    {
        var query = new Query(this, options);
        query.Start(now);
        return query;
    }

    /// <inheritdoc />
    public Bytes32? IdOn(object socket) => !IsEphemeral && ReferenceEquals(socket, _server) ? _table.OwnId : null;

    /// <inheritdoc />
    public bool IsProven(UdpAddress address) => _table.Count > 0 && _table.Find(NodeId.Of(address)) is not null;

    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> CloserTo(Bytes32 target) => Known(target, RoutingTable.K);

    /// <inheritdoc />
    public IReadOnlyList<UdpAddress> Known(Bytes32 target, int count)
    {
        var nodes = CollectionsMarshal.AsSpan(_table.Closest(target, count));
        var addresses = new UdpAddress[nodes.Length];
        for (var i = 0; i < addresses.Length; i++) addresses[i] = nodes[i].Address;
        return addresses;
    }

    /// <inheritdoc />
    public bool IsOwn(UdpAddress address) => !IsEphemeral && address == _ownAddress;

    /// <inheritdoc />
    public void HintDown(UdpAddress gone, UdpAddress referrer, Instant now)
    {
        if (_hintsThisTick >= HintsPerTick) return;
        _hintsThisTick++;
        var bytes = new byte[Connecting.AddressCodec.Size];
        var writer = new CompactWriter(bytes);
        Connecting.AddressCodec.Write(ref writer, gone);
        Send(new RpcCall { To = referrer, IsInternal = true, Command = InternalCommand.DownHint, Value = bytes, Retries = 0, Done = static (_, _) => { } }, now);
    }

    /// <inheritdoc />
    public void HandleReply(RpcReply reply, Instant now)
    {
        _heardThisTick++;
        HandleHeard(now);
        if (reply.FromId is { } id) Meet(id, reply, now);
        else if (ReferenceEquals(reply.Socket, DefaultSocket) && _anonymousSamples < AnonymousMax)
        {
            _anonymousSamples++;
            _nat.Add(reply.Seen);
        }
    }

    /// <inheritdoc />
    public void HandleSilence(RpcCall call, Instant now)
    {
        // A peer's silence is not its relay's fault, and a hint is sent but once.
        if (call.Retries == 0 || (!call.IsInternal && call.Command <= DhtCommand.PeerHolepunch)) return;
        if (_table.Count > 0 && _table.Find(NodeId.Of(call.To)) is { } node && IsToBlame(node, now)) _table.Remove(node);
    }

    private void Later(Instant at, Action<Instant> action) => _later.Enqueue(action, at);

    // A node that answers us is where it says it is.
    private void Meet(Bytes32 id, RpcReply reply, Instant now)
    {
        if (_table.Find(id) is { } known) _table.Touch(known, _tick);
        else
        {
            known = new KnownNode(id, reply.From, _tick);
            if (!TryEnter(known, now)) return;
        }

        if (!ReferenceEquals(reply.Socket, DefaultSocket) || _tick - known.SampledTick < OldAfter) return;
        known.SampledTick = _tick;
        _nat.Add(reply.Seen);
    }

    private bool TryEnter(KnownNode node, Instant now) => !IsOwn(node.Address) && (_table.TryAdd(node) || MakeRoom(node, now));

    // Whoever was pinged longest ago must answer now, or makes room.
    private bool MakeRoom(KnownNode newcomer, Instant now)
    {
        if (Replaceable(newcomer.Id) is not { } oldest) return true;
        _repings++;
        oldest.PingedTick = _tick;
        Send(
            RpcCall.Ping(oldest.Address, (reply, _) =>
            {
                _repings--;
                if (reply is null) _table.TryAdd(newcomer);
            }),
            now);
        return true;
    }

    private KnownNode? Replaceable(in Bytes32 id)
    {
        if (_repings >= MaxRepings || !IsBootstrapped || _table.CandidateToReplace(id) is not { } oldest) return null;
        if (_tick - oldest.PingedTick < RecentWithin || _tick - oldest.SeenTick < RecentWithin) return null;
        return oldest;
    }

    private bool MayEnter(in Bytes32 id, UdpAddress address) => _table.HasRoom(id, address) || Replaceable(id) is not null;
}
