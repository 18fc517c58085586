using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Protocol;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Simulation;

/// <summary>A core on a virtual network.</summary>
internal sealed class SimNode : IDhtEvents
{
    private readonly VirtualNetwork _network;
    private readonly UdpAddress _client;
    private Instant _wakesAt = Instant.Never;
    private bool _isDead;

    public SimNode(VirtualNetwork network, UdpAddress address, IReadOnlyList<UdpAddress> bootstrap, IRandom random, bool? ephemeral = false, bool firewalled = false)
    {
        (_network, Address, _client) = (network, address, address.WithPort(address.Port + 1));
        var options = new DhtCoreOptions
        {
            ClientSocket = "client", ServerSocket = "server", ServerAddress = address, Bootstrap = bootstrap, IsEphemeral = ephemeral, IsFirewalled = firewalled,
        };
        Core = new DhtCore(options, this, random, network.Now);
        network.SetReceiver(address, (bytes, from, now) => Receive("server", bytes, from, now));
        network.SetReceiver(_client, (bytes, from, now) => Receive("client", bytes, from, now));
        Do(now => Core.Start(now));
    }

    public DhtCore Core { get; }

    public UdpAddress Address { get; }

    public List<InboundRequest> PeerRequests { get; } = [];

    public int StandingChanges { get; private set; }

    ulong IDhtEvents.UnixMilliseconds => 1_800_000_000_000 + (ulong)_network.Now.Milliseconds;

    public void Kill()
    {
        _isDead = true;
        _network.SetReceiver(Address, null);
        _network.SetReceiver(_client, null);
    }

    public void Do(Action<Instant> work)
    {
        work(_network.Now);
        Arm();
    }

    /// <summary>Runs a query to its end.</summary>
    public QueryOutcome Query(QueryOptionsSeed seed)
    {
        QueryOutcome? outcome = null;
        Do(now => Core.StartQuery(
            new QueryOptions { Target = seed.Target, Command = seed.Command, Value = seed.Value, Replied = seed.Replied, Commit = seed.Commit, Finished = o => outcome = o }, now));
        Assert.True(_network.RunUntil(() => outcome is not null, TimeSpan.FromMinutes(1)), "The query did not end.");
        return outcome!;
    }

    public QueryOutcome Announce(Bytes32 topic, KeyPair pair)
    {
        var peer = new PeerRecord(pair.PublicKey, [Address]);
        return Query(new(topic, DhtCommand.Lookup)
        {
            Commit = reply => new QueryCommit(DhtCommand.Announce, AnnounceMessage.Sign(false, topic, reply.FromId!.Value, reply.Token!.Value, peer, pair).Encode()),
        });
    }

    public HashSet<PublicKey> Lookup(Bytes32 topic)
    {
        var found = new HashSet<PublicKey>();
        Query(new(topic, DhtCommand.Lookup)
        {
            Replied = reply =>
            {
                if (reply.Value is { } value && LookupAnswer.TryDecode(value, out var answer)) found.UnionWith(answer.Peers.Select(peer => peer.PublicKey));
            },
        });
        return found;
    }

    void IDatagramSink.Send(object socket, ReadOnlySpan<byte> datagram, UdpAddress to)
    {
        if (!_isDead) _network.Send((string)socket == "server" ? Address : _client, datagram, to);
    }

    void IDhtEvents.PeerRequested(InboundRequest request) => PeerRequests.Add(request);

    void IDhtEvents.Bootstrapped()
    {
    }

    void IDhtEvents.StandingChanged() => StandingChanges++;

    public void Receive(string socket, ReadOnlyMemory<byte> bytes, UdpAddress from, Instant now)
    {
        if (_isDead) return;
        Core.Receive(socket, bytes.Span, from, now);
        Arm();
    }

    private void Arm()
    {
        if (Core.NextTimeout >= _wakesAt || _isDead) return;
        var at = _wakesAt = Core.NextTimeout;
        _network.Schedule(at, now =>
        {
            if (_wakesAt != at || _isDead) return;
            _wakesAt = Instant.Never;
            Core.HandleTimeout(now);
            Arm();
        });
    }

    internal sealed record QueryOptionsSeed(Bytes32 Target, ulong Command)
    {
        public byte[]? Value { get; init; }

        public Action<RpcReply>? Replied { get; init; }

        public Func<RpcReply, QueryCommit?>? Commit { get; init; }
    }
}
