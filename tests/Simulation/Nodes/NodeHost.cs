using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Announcing;
using Nashi.Dht.Protocol;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.Simulation.Engine;

namespace Nashi.Simulation.Nodes;

/// <summary>A machine with one of our nodes on it: the same core as in a program, only its sockets and its clock are simulated.</summary>
internal sealed class NodeHost : Host, IDhtEvents
{
    public const int ServerPort = 49737;

    private static readonly object ServerSocket = new();
    private static readonly object ClientSocket = new();

    private readonly Net _net;
    private readonly int _clientPort;
    private bool _isGone;

    public NodeHost(Net net, uint ip, NatKind nat, IReadOnlyList<UdpAddress> bootstrap, Dice dice)
        : base(ip)
    {
        (_net, Nat, _clientPort) = (net, nat, 1024 + dice.Next(40_000));
        Place = Place.Draw(dice);
        var options = new DhtCoreOptions
        {
            ClientSocket = ClientSocket,
            ServerSocket = ServerSocket,
            ServerAddress = Address,
            Bootstrap = bootstrap,
            IsEphemeral = nat == NatKind.Open ? false : null,
            IsFirewalled = nat != NatKind.Open,
        };
        Core = new DhtCore(options, this, new SeededRandom(dice.NextUInt64()), net.Now);
        net.Add(this);
        Do(now => Core.Start(now));
    }

    public DhtCore Core { get; }

    public NatKind Nat { get; }

    public UdpAddress Address => UdpAddress.FromIPv4(Ip, ServerPort);

    public bool IsAlive => !_isGone;

    ulong IDhtEvents.UnixMilliseconds => 1_900_000_000_000 + (ulong)_net.Now.Milliseconds;

    /// <summary>Falls silent without a word.</summary>
    public void Die()
    {
        _isGone = true;
        _net.Remove(this);
    }

    public void Do(Action<Instant> work)
    {
        work(_net.Now);
        Arm();
    }

    public Query Ask(QueryOptions options)
    {
        var query = Core.StartQuery(options, _net.Now);
        Arm();
        return query;
    }

    public void Announce(Bytes32 topic, KeyPair pair, Action<QueryOutcome> finished, bool widens = true)
    {
        var peer = new PeerRecord(pair.PublicKey, [Address]);
        Ask(new QueryOptions
        {
            Target = topic,
            Command = DhtCommand.Lookup,
            MayWiden = widens,
            Commit = reply => reply is { Token: { } token, FromId: { } id }
                ? new QueryCommit(DhtCommand.Announce, AnnounceMessage.Sign(false, topic, id, token, peer, pair).Encode())
                : null,
            Finished = finished,
        });
    }

    /// <summary>Announces as a server does, which is to be found by its key.</summary>
    public void AnnounceServer(KeyPair pair, Action<QueryOutcome> finished, bool widens = true)
    {
        var target = KeyOf(pair);
        Ask(new QueryOptions
        {
            Target = target,
            Command = DhtCommand.FindPeer,
            MayWiden = widens,
            Finished = outcome =>
            {
                var left = 1;
                foreach (var reply in AnnouncePlaces.Choose(outcome))
                {
                    if (reply is not { Token: { } token, FromId: { } id }) continue;
                    left++;
                    var message = AnnounceMessage.Sign(false, target, id, token, new PeerRecord(pair.PublicKey, []), pair).Encode();
                    Do(now => Core.Send(new RpcCall { To = reply.From, Command = DhtCommand.Announce, Target = target, Value = message, Token = token, Done = (_, _) => End() }, now));
                }

                End();

                void End()
                {
                    if (--left == 0) finished(outcome);
                }
            },
        });
    }

    /// <summary>Where a server with these keys is looked for.</summary>
    public static Bytes32 KeyOf(KeyPair pair) => Blake2b.Hash(pair.PublicKey.Value.AsSpan());

    public override void Receive(int port, ReadOnlySpan<byte> datagram, UdpAddress from, Instant now)
    {
        // A translator lets nothing in unasked: no request, and nothing for the port nobody has spoken from.
        var isServer = port == ServerPort;
        if (Nat == NatKind.Open ? !isServer && port != _clientPort : isServer || datagram.IsEmpty || datagram[0] != RpcResponse.Kind) return;
        Core.Receive(isServer ? ServerSocket : ClientSocket, datagram, from, now);
        Arm();
    }

    public override void Wake(Instant now)
    {
        Core.HandleTimeout(now);
        Arm();
    }

    void IDatagramSink.Send(object socket, ReadOnlySpan<byte> datagram, UdpAddress to)
    {
        if (_isGone) return;
        var port = ReferenceEquals(socket, ServerSocket) && Nat == NatKind.Open ? ServerPort : Nat == NatKind.Random ? PortFor(to) : _clientPort;
        _net.Send(this, port, datagram, to);
    }

    void IDhtEvents.PeerRequested(InboundRequest request)
    {
    }

    void IDhtEvents.Bootstrapped()
    {
    }

    void IDhtEvents.StandingChanged()
    {
    }

    private int PortFor(UdpAddress to) => 1024 + (int)((to.IPv4 * 2654435761u) + ((uint)to.Port * 40503u) >> 8) % 48_000;

    private void Arm()
    {
        if (!_isGone && Core.NextTimeout.Microseconds < WakesAt) _net.WakeAt(this, Core.NextTimeout);
    }
}
