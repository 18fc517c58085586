using System.Buffers.Binary;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>A client and a server that punch, each behind a router of some kind, with public nodes that relay and tell addresses; in virtual time.</summary>
/// <remarks>Only datagrams pass between them, through <see cref="VirtualNat"/>: what a router would drop is dropped.</remarks>
internal sealed class PunchWorld : IDisposable
{
    private const byte Ping = 1, Pong = 2, Ask = 3, AskOn = 4, Answer = 5, AnswerOn = 6, Announce = 7, Hello = 8;

    private static readonly UdpAddress Relay = Node(0);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly VirtualNetwork _network;
    private readonly IRandom _random;
    private readonly PunchPeer _clientPeer;
    private readonly PunchPeer _serverPeer;
    private readonly SecurePayload _clientSecrets;
    private readonly SecurePayload _serverSecrets;
    private readonly Dictionary<int, PunchPayload> _messages = [];
    private readonly HashSet<int> _answered = [];
    private readonly Dictionary<int, UdpAddress> _askers = [];
    private readonly bool _clientIsOpen;
    private readonly bool _serverIsOpen;
    private ClientPunch? _client;
    private ServerPunch? _server;
    private UdpAddress? _serverAnnounced;
    private UdpAddress? _serverPunches;
    private (Instant, int) _clientTimer, _serverTimer;
    private int _lastMessage;
    private int _timers;

    /// <param name="client">The kind of the client's router; empty for the shared one alone.</param>
    /// <param name="server">The server's.</param>
    /// <param name="seed">Decides everything.</param>
    /// <param name="options">The public network; by default 20 ms one way.</param>
    /// <param name="shared">A router that both are behind.</param>
    public PunchWorld(string client, string server, ulong seed, VirtualNetworkOptions? options = null, string? shared = null)
    {
        var random = _random = new SeededRandom(seed);
        (_clientIsOpen, _serverIsOpen) = (client == "open", server == "open");
        _network = new VirtualNetwork(random, options ?? new VirtualNetworkOptions { MinDelay = TimeSpan.FromMilliseconds(18), MaxDelay = TimeSpan.FromMilliseconds(22) });
        _network.Tap = (_, from, to) => Watch(from, to);
        for (var i = 0; i < 8; i++) StartNode(Node(i));
        var common = shared is null ? null : PunchNats.Layer(shared, _network, UdpAddress.FromIPv4(0x14040404, 0), random, null);
        _clientPeer = MakePeer(client, 0x14050505, 0xc0a80105, common, 0x6440000a);
        _serverPeer = MakePeer(server, 0x14060606, 0xc0a80106, common, 0x6440000b);
        _clientSecrets = new SecurePayload(new byte[64], random);
        _serverSecrets = new SecurePayload(new byte[64], random);
        _clientPeer.Received = HandleAtClient;
        _serverPeer.Received = HandleAtServer;
    }

    public Instant Now => _network.Now;

    public TimeSpan Took { get; private set; }

    public ConnectFailure? Failure { get; private set; }

    public bool IsConnected { get; private set; }

    public bool ServerAgrees { get; init; } = true;

    public bool ClientAgrees { get; init; } = true;

    public bool IsRelayed { get; init; }

    /// <summary>Whether the routers between drop every knock.</summary>
    public bool SwallowsKnocks { get; init; }

    public PunchLimits ClientLimits { get; init; } = new(PunchLimits.DefaultPause);

    public PunchLimits ServerLimits { get; init; } = new(PunchLimits.DefaultPause);

    /// <summary>Knocks that either side sent to the other's network, also those that died on the way.</summary>
    public int ClientKnocks { get; private set; }

    public int ServerKnocks { get; private set; }

    public int ClientSockets => _clientPeer.Sockets;

    /// <summary>Datagrams to anybody who takes no part.</summary>
    public int Strays { get; private set; }

    public bool Run(TimeSpan? patience = null)
    {
        _serverPeer.Send(PunchPeer.NodeSocket, [Announce], Relay);
        _network.RunUntil(() => _serverAnnounced is not null || Again(PunchPeer.NodeSocket), Retry * 30);
        _server = new ServerPunch(Setup(_serverIsOpen, _serverSecrets, ServerLimits, ServerAgrees), Now);
        StepServer(_ => { });
        _serverPeer.Send(0, [Announce], Relay);
        _network.RunUntil(() => _serverPunches is not null || Again(0), Retry * 30);
        KeepAnnounced(Now);
        var start = Now;
        var offer = new HolepunchOffer(0, [new(Relay, _serverAnnounced!.Value)]);
        _client = new ClientPunch(offer, _serverPunches!.Value, Relay, Setup(_clientIsOpen, _clientSecrets, ClientLimits, ClientAgrees));
        StepClient(core => core.Start());
        _network.RunUntil(() => IsConnected || Failure is not null, patience ?? TimeSpan.FromSeconds(90));
        Took = Now - start;
        _client.Close(Now);
        _server.Close(Now);
        return IsConnected;
    }

    public void Dispose()
    {
        _clientSecrets.Dispose();
        _serverSecrets.Dispose();
    }

    private static UdpAddress Node(int index) => UdpAddress.FromIPv4(0x09090900u + (uint)index, 49_737);

    private static byte[] Compose(byte kind, int id, UdpAddress address)
    {
        var bytes = new byte[11];
        bytes[0] = kind;
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(1), id);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(5), address.IPv4);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(9), (ushort)address.Port);
        return bytes;
    }

    private static int IdIn(ReadOnlyMemory<byte> bytes) => BinaryPrimitives.ReadInt32LittleEndian(bytes.Span[1..]);

    private static UdpAddress AddressIn(ReadOnlyMemory<byte> bytes) =>
        UdpAddress.FromIPv4(BinaryPrimitives.ReadUInt32LittleEndian(bytes.Span[5..]), BinaryPrimitives.ReadUInt16LittleEndian(bytes.Span[9..]));

    private PunchPeer MakePeer(string kind, uint publicIp, uint privateIp, VirtualNat? shared, uint carrierIp)
    {
        var address = UdpAddress.FromIPv4(publicIp, 0);
        if (shared is not null && kind.Length == 0) return new(UdpAddress.FromIPv4(privateIp, 0), shared);
        var nat = shared is null
            ? PunchNats.Make(kind, _network, address, _random)
            : PunchNats.Layer(kind, _network, UdpAddress.FromIPv4(carrierIp, 0), _random, shared);
        return new(nat.Translates ? UdpAddress.FromIPv4(privateIp, 0) : address, nat);
    }

    private PunchSetup Setup(bool isOpen, SecurePayload secrets, PunchLimits limits, bool agrees) => new()
    {
        RemoteKind = NatKind.Unknown,
        IsOpen = isOpen,
        TokenFor = secrets.TokenFor,
        Limits = limits,
        Random = _random,
        MayPunch = _ => agrees,
        IsRelayed = IsRelayed,
    };

    // A lost announcement is sent again.
    private bool Again(int socket)
    {
        if (_random.Next(4) == 0) _serverPeer.Send(socket, [Announce], Relay);
        return false;
    }

    private void KeepAnnounced(Instant now)
    {
        _serverPeer.Send(PunchPeer.NodeSocket, [Announce], Relay);
        _network.Schedule(now + (10 * Retry), KeepAnnounced);
    }

    private void Watch(UdpAddress from, UdpAddress to)
    {
        var isPeer = (UdpAddress address) => address.IPv4 >> 24 == 0x14;
        if (isPeer(from) && to.IPv4 >> 8 != 0x090909 && !isPeer(to)) Strays++;
    }

    private void StartNode(UdpAddress self) => _network.SetReceiver(self, (bytes, from, _) =>
    {
        switch (bytes.Span[0])
        {
            case Ping:
                _network.Send(self, Compose(Pong, IdIn(bytes), from), from);
                break;
            case Ask:
                _network.Send(self, Compose(AskOn, IdIn(bytes), from), AddressIn(bytes));
                break;
            case Answer:
                // The answer tells the client where the server answered from, and where it is itself seen.
                _network.Send(self, [.. Compose(AnswerOn, IdIn(bytes), from), .. Compose(0, 0, AddressIn(bytes))], AddressIn(bytes));
                break;
            case Announce when _serverAnnounced is null:
                _serverAnnounced = from;
                break;
            case Announce when from != _serverAnnounced:
                _serverPunches = from;
                break;
        }
    });

    private void HandleAtClient(int socket, ReadOnlyMemory<byte> bytes, UdpAddress from)
    {
        if (_client is not { IsDone: false }) return;
        if (bytes.Length == 1 && bytes.Span[0] == 0) StepClient(core => core.HandleKnock(from, socket, Now));
        else if (bytes.Span[0] == Pong) StepClient(core => core.HandleSample(AddressIn(bytes), from, Now));
        else if (bytes.Span[0] == AnswerOn && _answered.Add(IdIn(bytes) >> 8)) StepClient(core =>
            core.HandleAnswer(_clientSecrets.TryOpen(_serverSecrets.Seal(_messages[IdIn(bytes)])), AddressIn(bytes), AddressIn(bytes[11..]), from, Now));
    }

    private void HandleAtServer(int socket, ReadOnlyMemory<byte> bytes, UdpAddress from)
    {
        if (_server is null) return;
        if (bytes.Length == 1 && bytes.Span[0] == 0) StepServer(core => core.HandleKnock(from, socket));
        else if (bytes.Span[0] == Pong) StepServer(core => core.HandleSample(AddressIn(bytes), from, Now));
        else if (bytes.Span[0] == AskOn) HandleMessage(IdIn(bytes), AddressIn(bytes));
        else if (bytes.Span[0] == Hello) IsConnected = true;
    }

    private void HandleMessage(int id, UdpAddress client)
    {
        _askers[id] = client;
        StepServer(core => core.HandleMessage(id, _serverSecrets.TryOpen(_clientSecrets.Seal(_messages[id]))!, client, true, Now));
    }

    private void StepClient(Action<ClientPunch> feed)
    {
        feed(_client!);
        while (_client!.TryTake(out var action)) DoForClient(action);
        _clientTimer = Arm(_client.NextTimeout, _clientTimer, () => _clientTimer, () => StepClient(core => core.HandleTimeout(Now)));
    }

    private void StepServer(Action<ServerPunch> feed)
    {
        feed(_server!);
        while (_server!.TryTake(out var action)) DoForServer(action);
        _serverTimer = Arm(_server.NextTimeout, _serverTimer, () => _serverTimer, () => StepServer(core => core.HandleTimeout(Now)));
    }

    private (Instant, int) Arm(Instant at, (Instant At, int) old, Func<(Instant, int)> current, Action due)
    {
        if (at == old.At || at == Instant.Never) return (at, old.Item2);
        var timer = (at, ++_timers);
        _network.Schedule(at, _ =>
        {
            if (current() == timer) due();
        });
        return timer;
    }

    private void DoForClient(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                ClientKnocks++;
                if (!SwallowsKnocks) _clientPeer.Send(knock.What.Socket, [0], knock.What.To, knock.What.IsShort ? 5 : 64);
                break;
            case PunchAction.Reopen:
                _clientPeer.Reopen(0);
                break;
            case PunchAction.Sample:
                Sample(_clientPeer, () => StepClient(core => core.HandleSamplingEnd(Now)));
                break;
            case PunchAction.Ask ask:
                var id = ++_lastMessage << 8;
                _messages[id] = ask.Payload;
                Repeat(_clientPeer, 0, Compose(Ask, id, ask.Peer), ask.Relay, () => _answered.Contains(id >> 8), 4, () =>
                {
                    if (_answered.Add(id >> 8)) StepClient(core => core.HandleNoAnswer(Now));
                });
                break;
            case PunchAction.Connect connect:
                Repeat(_clientPeer, connect.Socket, [Hello, Hello], connect.To, () => IsConnected, 20, () => Failure = ConnectFailure.HolepunchAborted);
                break;
            case PunchAction.Fail fail:
                Failure = fail.Why;
                break;
        }
    }

    private void DoForServer(PunchAction action)
    {
        switch (action)
        {
            case PunchAction.Knock knock:
                ServerKnocks++;
                if (!SwallowsKnocks) _serverPeer.Send(knock.What.Socket, [0], knock.What.To, knock.What.IsShort ? 5 : 64);
                break;
            case PunchAction.Reopen:
                _serverPeer.Reopen(0);
                break;
            case PunchAction.Sample:
                Sample(_serverPeer, () => StepServer(core => core.HandleSamplingEnd(Now)));
                break;
            case PunchAction.Answer answer:
                // Each answer under its own number, the question's in the upper bits.
                var id = answer.Request | (1 + (++_lastMessage % 200));
                _messages[id] = answer.Payload;
                _serverPeer.Send(0, Compose(Answer, id, _askers[answer.Request]), Relay);
                break;
        }
    }

    private void Sample(PunchPeer peer, Action end)
    {
        var socket = peer.Reopens;
        Ask(default);
        _network.Schedule(Now + Retry, Ask);
        _network.Schedule(Now + (2 * Retry), _ =>
        {
            if (peer.Reopens == socket) end();
        });

        void Ask(Instant now)
        {
            for (var i = 1; i <= 6 && peer.Reopens == socket; i++) peer.Send(0, Compose(Ping, 0, default), Node(i));
        }
    }

    private void Repeat(PunchPeer peer, int socket, byte[] bytes, UdpAddress to, Func<bool> isDone, int times, Action giveUp)
    {
        if (isDone()) return;
        if (times == 0)
        {
            giveUp();
            return;
        }

        peer.Send(socket, bytes, to);
        _network.Schedule(Now + (Retry * 0.5), _ => Repeat(peer, socket, bytes, to, isDone, times - 1, giveUp));
    }
}
