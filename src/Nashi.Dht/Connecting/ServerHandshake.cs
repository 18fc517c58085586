using System.Buffers;
using Nashi.Datagrams;
using Nashi.Dht.HolePunching;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Udx;

namespace Nashi.Dht.Connecting;

/// <summary>One client's handshake at a server, from its Noise message to the connection.</summary>
/// <remarks>
/// Answers at most once; repeats get the same answer. Its stream exists before the answer leaves, because the client's first packet may come at once;
/// it lets in whoever knows the stream's random number, and the encryption above decides who that is. Ends by itself, at the latest when the client
/// does not come within <see cref="ServerPunch.Patience"/>. Source: network.md §3.6.
/// </remarks>
internal sealed class ServerHandshake : IAsyncDisposable
{
    private const int MaxWaiting = 32;

    private readonly ServerContext _context;
    private readonly int _id;
    private readonly Lane _lane;
    private readonly LaneTimer _timer;
    private readonly TaskCompletionSource<ServerReply?> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private UdxStream? _raw;
    private NoiseResult? _keys;
    private PeerPayload? _client;
    private ServerPunchSession? _punch;
    private RelayThrough? _meetsAt;
    private volatile RelayDials? _relays;
    private Task<RelayLeg>? _meeting;
    private CancellationTokenSource? _meetingLife;
    private PublicKey _meetingAt;
    private DhtConnection? _connection;
    private bool _pairs;
    private bool _usesTheirRelay;
    private bool _waitsOnlyForRelay;
    private Instant _neighbourUntil;
    private bool _hasEnded;
    private int _waiting;

    /// <summary>Prepares.</summary>
    public ServerHandshake(ServerContext context, int id)
    {
        _context = context;
        _id = id;
        _lane = new Lane(_ => End());
        _timer = new LaneTimer(context.Node.Clock, _lane, GiveUp);
    }

    /// <summary>What to answer; null for silence. Never faults.</summary>
    public Task<ServerReply?> Reply => _reply.Task;

    /// <summary>Works the client's message out. Costs several scalar multiplications: not for the socket's thread.</summary>
    public void Run(HandshakeMessage message, IPeerRequest request) => _lane.Post(() =>
    {
        try
        {
            if (!TryAnswer(message, request)) End();
        }
        finally
        {
            _reply.TrySetResult(null);
            Volatile.Write(ref _waiting, 0);
        }
    });

    /// <summary>Asks whether one more message may wait for its turn: a stranger sends faster than we work.</summary>
    public bool TryWait()
    {
        if (Interlocked.Increment(ref _waiting) <= MaxWaiting) return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <summary>Takes a hole-punch message that was let in by <see cref="TryWait"/>.</summary>
    public void HandleHolepunch(HolepunchMessage message, IPeerRequest request) => _lane.Post(() =>
    {
        Interlocked.Decrement(ref _waiting);
        _punch?.HandleMessage(message, request);
    });

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        _lane.Post(End);
        _timer.Dispose();
        return default;
    }

    private bool TryAnswer(HandshakeMessage message, IPeerRequest request)
    {
        var node = _context.Node;
        using var noise = NoiseHandshake.StartIK(false, _context.KeyPair, null, ConnectCommands.Prologue.AsSpan(), node.Random);
        if (!noise.TryReadMessage(message.Noise.Span, out var bytes) || PeerPayload.TryDecode(bytes) is not { } client) return false;
        var clientAddress = message.PeerAddress ?? request.From;
        if (noise.RemotePublicKey is not { } key || IsRefused(key, clientAddress)) return false;
        node.Admit(key, clientAddress);
        _client = client;
        var error = client.Version != PeerPayload.CurrentVersion ? PeerError.VersionMismatch
            : client.Stream is null ? PeerError.Aborted : PeerError.None;
        var route = Decide(client, message, clientAddress, request.Seen);
        var relays = RelayChoice.Of(_context.Options.RelayThrough, _context.Options.ChooseRelays, node.Random);
        if (relays.Count > 0) _meetsAt = new RelayThrough(relays[0], RelayChoice.NewToken(node.Random));
        if (error == PeerError.None) OpenStream();
        var buffer = new ArrayBufferWriter<byte>(512);
        if (!noise.TryWriteMessage(Describe(error).Encode(), buffer)) return false;
        _keys = noise.Finish();
        var reply = buffer.WrittenSpan.ToArray();
        if (error != PeerError.None)
        {
            _reply.TrySetResult(new ServerReply(reply, null));
            return false;
        }

        Follow(route, reply, message.PeerAddress is null ? request.Socket : node.DefaultSocket, clientAddress);
        return true;
    }

    private bool IsRefused(PublicKey key, UdpAddress client)
    {
        try
        {
            return _context.Options.Firewall?.Invoke(key, client) ?? false;
        }
        catch (Exception)
        {
            // The application could not say yes.
            return true;
        }
    }

    private ServerRoute Decide(PeerPayload client, HandshakeMessage message, UdpAddress clientAddress, UdpAddress serverAddress) => new ServerDecision
    {
        IsDirect = message.PeerAddress is null,
        Client = client,
        ClientAddress = clientAddress,
        ServerAddress = serverAddress,
        LocalAddresses = _context.Node.LocalAddresses,
        IsOpen = _context.Node.PublicAddress is not null,
        SharesLocalAddresses = _context.Options.SharesLocalAddresses,
        Punches = _context.Options.Punches,
    }.Choose();

    private void OpenStream()
    {
        _raw = RawStreams.Create(_context.Node);
        _raw.SetFirewall((socket, from) =>
        {
            if (from.Port == 0) return true;
            // The client's first words through the relay: not a direct path.
            if (_relays?.Is(socket, from) ?? false) return false;
            _lane.Post(() => Connect(socket, from, AddressScope.IsPrivate(from) ? ConnectionKind.Lan : ConnectionKind.Direct));
            return false;
        }, asksAboutAddresses: true);
    }

    private PeerPayload Describe(PeerError error)
    {
        var node = _context.Node;
        var open = node.PublicAddress;
        var local = _context.Options.SharesLocalAddresses ? node.LocalAddresses : [];
        var relays = _context.Announcer.RelayAddresses;
        return new PeerPayload
        {
            Error = error,
            Firewall = open is null ? NatKind.Unknown : NatKind.Open,
            Holepunch = open is null ? new HolepunchOffer((ulong)_id, _context.Announcer.Relays) : null,
            Addresses = open is { } address ? [address, .. local] : local,
            Stream = new StreamOffer(_raw?.LocalId ?? 0),
            SecretStreamVersion = 1,
            RelayThrough = _meetsAt,
            RelayAddresses = relays.Count > 0 ? relays : null,
        };
    }

    private void Follow(ServerRoute route, byte[] reply, UdxSocket socket, UdpAddress client)
    {
        if (route != ServerRoute.Connect && (_meetsAt ?? _client!.RelayThrough) is { } at) StartRelay(at);
        if (route == ServerRoute.AwaitNeighbour) _neighbourUntil = _timer.Now + ServerPunch.Patience;
        if (route is ServerRoute.Punch or ServerRoute.AwaitNeighbour) StartPunch();
        _reply.TrySetResult(new ServerReply(reply, route == ServerRoute.Punch ? _punch?.Socket : null));
        if (route == ServerRoute.Connect) Connect(socket, client, AddressScope.IsPrivate(client) ? ConnectionKind.Lan : ConnectionKind.Direct);
        else if (_punch is null) _timer.Set(_timer.Now + ServerPunch.Patience);
    }

    private void StartPunch()
    {
        var node = _context.Node;
        var secrets = new SecurePayload(_keys!.Hash.Span, node.Random);
        var setup = new PunchSetup
        {
            RemoteKind = _client!.Firewall,
            IsOpen = !node.IsFirewalled,
            TokenFor = secrets.TokenFor,
            Limits = node.Punches,
            Random = node.Random,
            MayPunch = _context.Options.MayPunch,
            IsRelayed = _pairs,
        };
        _punch = ServerPunchSession.TryOpen(node, _context.Announcer, secrets, setup, _lane, HandlePunchFailed);
    }

    // The party that proposed the relay that is used is the initiator. Source: network.md §7.
    private void StartRelay(RelayThrough at)
    {
        _pairs = true;
        var isOurs = at == _meetsAt;
        _usesTheirRelay = !isOurs;
        _relays ??= new RelayDials(_context.Node, _context.Dial);
        _meetingAt = at.PublicKey;
        _meetingLife = new CancellationTokenSource(RelayLeg.Patience, _context.Node.Clock);
        _meeting = MeetAsync(_relays.DialAsync(at.PublicKey), at, isOurs, _raw!.LocalId, _meetingLife.Token);
        _ = FollowMeetingAsync(_meeting);
    }

    private static async Task<RelayLeg> MeetAsync(Task<RelayLeg> dial, RelayThrough at, bool isInitiator, uint streamId, CancellationToken cancellationToken)
    {
        var leg = await dial.ConfigureAwait(false);
        await leg.PairAsync(isInitiator, at.Token, streamId, cancellationToken).ConfigureAwait(false);
        return leg;
    }

    private async Task FollowMeetingAsync(Task<RelayLeg> meeting)
    {
        try
        {
            var leg = await meeting.ConfigureAwait(false);
            _lane.Post(() => ConnectRelayed(leg));
        }
        catch (Exception error) when (error is NashiException or OperationCanceledException or ArgumentException or InvalidOperationException)
        {
            _lane.Post(HandleRelayFailed);
        }
    }

    private void ConnectRelayed(RelayLeg leg)
    {
        if (_hasEnded || _raw is not { } raw || _keys is not { } keys) return;
        _pairs = false;
        _keys = null;
        _relays!.CloseAllBut(leg.Relay);
        raw.Connect(leg.Socket, leg.RemoteId, leg.Address);
        _connection = DhtConnection.OpenRelayed(raw, keys, leg, _context.Options.KeepAlive, _context.Node);
        _ = raw.Closed.ContinueWith(_ => _lane.Post(End), TaskScheduler.Default);
        _context.Connected(_connection);
        if (_waitsOnlyForRelay) End();
    }

    private void HandleRelayFailed()
    {
        _pairs = false;
        if (_hasEnded || _connection is not null) return;
        // Ours is dead: a client of ours now goes to the one it named itself.
        if (_client!.RelayThrough is { } theirs && !_usesTheirRelay) StartRelay(theirs);
        else if (_waitsOnlyForRelay) End();
    }

    // A neighbour needs no hole: it may be on its way while the punch beside it fails, for want of nodes that tell us our address, say.
    private void HandlePunchFailed()
    {
        if (_timer.Now >= _neighbourUntil) GiveUp();
        else _timer.Set(_neighbourUntil);
    }

    // No direct path came about: what is left is the relay.
    private void GiveUp()
    {
        _waitsOnlyForRelay = true;
        _punch?.Dispose();
        if (!_pairs) End();
    }

    private void Connect(UdxSocket socket, UdpAddress to, ConnectionKind kind)
    {
        if (_hasEnded || _raw is not { } raw) return;
        var punched = _punch?.TryTake(socket);
        var through = punched is not null && !AddressScope.IsPrivate(to) ? ConnectionKind.HolePunched : kind;
        if (_connection is { } relayed)
        {
            relayed.Move(socket, _client!.Stream!.Id, to, through, punched);
            End();
            return;
        }

        if (_keys is not { } keys) return;
        _raw = null;
        _keys = null;
        if (_pairs) KeepRelay(raw);
        raw.Connect(socket, _client!.Stream!.Id, to);
        // Or the stream would keep all of this alive, and ask about each packet of a client that moved.
        raw.SetFirewall(null);
        End();
        _context.Connected(DhtConnection.Open(raw, keys, through, punched, _context.Options.KeepAlive, _context.Node));
    }

    // A client of the reference that is joined there just now says its first words there alone.
    private void KeepRelay(UdxStream raw)
    {
        if (_relays?.TakeOut(_meetingAt) is not { } dial) return;
        _ = RelayBeside.KeepAsync(raw, dial, _meeting!, _meetingLife!, _context.Node.Clock);
        _meetingLife = null;
    }

    private void End()
    {
        if (_hasEnded) return;
        _hasEnded = true;
        _meetingLife?.Cancel();
        _timer.Dispose();
        if (_connection is { } relayed) relayed.EndUpgrade();
        else _raw?.Abort();
        _raw?.SetFirewall(null);
        _relays?.CloseAllBut(null);
        _keys?.Dispose();
        _punch?.Dispose();
        _reply.TrySetResult(null);
        _context.Ended(_id);
    }
}
