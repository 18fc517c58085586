using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Dht.Tests.Simulation;
using Nashi.Encoding;

namespace Nashi.Dht.Tests.Abuse;

/// <summary>threats.md §3 rows 5, 6, 9, 10: requests of strangers, each row by its number.</summary>
public sealed class RequestAbuseTests
{
    private const int HeaderBytes = 28;

    private static readonly UdpAddress Victim = UdpAddress.FromIPv4(0x2d000001, 6666);

    public static TheoryData<string> Kinds { get; } = ["ping", "ping nat", "find node", "down hint", "delayed ping", "unknown internal", "find peer", "lookup", "mutable get", "immutable get", "unknown", "plugin"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Row05_TenThousandSpoofedRequests_BringTheirVictimLittle(string kind)
    {
        var world = new SimWorld(31);
        world.Grow(30);
        var node = world.Nodes[3];
        var stored = Store(world, node, 1000);
        var request = Make(kind, node, stored).Encode();
        long sent = 0, received = 0;
        world.Network.Tap = (bytes, _, to) => sent += to.WithPort(0) == Victim.WithPort(0) ? bytes.Length + HeaderBytes : 0;
        for (var second = 0; second < 100; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                received += request.Length + HeaderBytes;
                node.Receive("server", request, Victim, world.Network.Now);
            }

            world.Network.Run(TimeSpan.FromSeconds(1));
        }

        world.Network.Run(TimeSpan.FromSeconds(15));
        Assert.True(sent <= (3 * received) + (100 * ResponseBudget.FreePerSecond), $"{kind}: {sent} bytes for {received}");
        Assert.True(sent <= (2 * (ResponseBudget.PerMinute + (HeaderBytes * 10_000))) + 4096, $"{kind}: {sent} bytes");
    }

    [Fact]
    public void Row05_WhoShowsAToken_IsNotLimited()
    {
        var world = new SimWorld(32);
        world.Grow(4);
        var node = world.Nodes[1];
        var stored = Store(world, node, 1000);
        RpcResponse? last = null;
        var answers = 0;
        world.Network.SetReceiver(Victim, (bytes, _, _) =>
        {
            answers++;
            last = RpcResponse.TryDecode(bytes.Span, out var answer) ? answer : last;
        });
        node.Receive("server", new RpcRequest(1, node.Address, null, null, false, DhtCommand.ImmutableGet, stored, null).Encode(), Victim, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(1));
        var proven = new RpcRequest(2, node.Address, null, last!.Token, false, DhtCommand.ImmutableGet, stored, null).Encode();
        for (var i = 0; i < 500; i++) node.Receive("server", proven, Victim, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(501, answers);
    }

    [Fact]
    public void Row06_Token_OfAnotherHostOrOfLongAgo_IsRefused()
    {
        var tokens = new TokenSecrets(new SeededRandom(33), Instant.Zero);
        var now = Instant.Zero;
        var token = tokens.Issue(Victim, now);
        Assert.True(tokens.Verify(token, Victim, now));
        Assert.True(tokens.Verify(token, Victim.WithPort(9), now));
        Assert.False(tokens.Verify(token, UdpAddress.FromIPv4(0x2d000002, 6666), now));
        Assert.True(tokens.Verify(token, Victim, now + TokenSecrets.Turn));
        Assert.False(tokens.Verify(token, Victim, now + (2 * TokenSecrets.Turn)));
    }

    [Fact]
    public void Row09_AMillionPuts_OfManyHosts_StayWithinTheLimits()
    {
        var limits = RecordLimits.Default;
        var (values, topics) = (new ValueStore(limits, new SeededRandom(34)), new AnnounceStore(limits, new SeededRandom(35)));
        IRandom random = new SeededRandom(36);
        var value = new byte[limits.ValueSize];
        Bytes32 key = default;
        for (var i = 0; i < 1_000_000; i++)
        {
            random.Fill(key);
            var host = UdpAddress.FromIPv4(0x2d000000 + (uint)random.Next(1 << 20), 7);
            values.Set(key, value, host, Instant.Zero);
            topics.Add(key, key, value, host, Instant.Zero);
        }

        Assert.True(values.Bytes <= limits.ValueBytes, $"{values.Bytes} bytes");
        Assert.True(values.Count <= limits.Values, $"{values.Count} values");
        Assert.True(topics.Count <= limits.Announcements, $"{topics.Count} announcements");
    }

    [Fact]
    public void Row09_OneHost_CannotPushOutWhatOthersStored()
    {
        var limits = RecordLimits.Default;
        var values = new ValueStore(limits, new SeededRandom(37));
        var random = new SeededRandom(38);
        Bytes32 honest = default, key = default;
        random.Fill(honest);
        values.Set(honest, new byte[100], UdpAddress.FromIPv4(0x08080808, 7), Instant.Zero);
        for (var i = 0; i < 100_000; i++)
        {
            random.Fill(key);
            values.Set(key, new byte[100], Victim, Instant.Zero);
        }

        Assert.NotNull(values.Find(honest, Instant.Zero));
        Assert.Equal(limits.ValuesPerHost + 1, values.Count);
    }

    [Fact]
    public void Row10_DownHints_AboutALiveNode_DoNotEvictIt()
    {
        var world = new SimWorld(39);
        world.Grow(30);
        var node = world.Nodes[3];
        var alive = node.Core.Table.ByContact.First();
        var bytes = new byte[AddressCodec.Size];
        var writer = new CompactWriter(bytes);
        AddressCodec.Write(ref writer, alive.Address);
        var hint = new RpcRequest(1, node.Address, null, null, true, InternalCommand.DownHint, null, bytes).Encode();
        var pings = 0;
        world.Network.Tap = (_, from, to) => pings += from == node.Address && to == alive.Address ? 1 : 0;
        for (var i = 0; i < 5000; i++) node.Receive("server", hint, Victim, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(10));
        Assert.NotNull(node.Core.Table.Find(NodeId.Of(alive.Address)));
        Assert.InRange(pings, 1, 12);
    }

    [Fact]
    public void Row10_DelayedPings_AreFewAndNeverLate()
    {
        var world = new SimWorld(40);
        world.Grow(2);
        var node = world.Nodes[1];
        var answers = 0;
        world.Network.SetReceiver(Victim, (_, _, _) => answers++);
        node.Receive("server", new RpcRequest(1, node.Address, null, null, true, InternalCommand.DelayedPing, null, BitConverter.GetBytes(10_001)).Encode(), Victim, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(30));
        Assert.Equal(0, answers);
        var delayed = new RpcRequest(1, node.Address, null, null, true, InternalCommand.DelayedPing, null, BitConverter.GetBytes(9000)).Encode();
        for (var i = 0; i < 5000; i++) node.Receive("server", delayed, Victim, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(30));
        Assert.InRange(answers, 1, 1024);
    }

    private static RpcRequest Make(string kind, SimNode node, Bytes32 target) => kind switch
    {
        "ping" => new(1, node.Address, null, null, true, InternalCommand.Ping, null, null),
        "ping nat" => new(1, node.Address, null, null, true, InternalCommand.PingNat, null, [0x39, 0x05]),
        "find node" => new(1, node.Address, null, null, true, InternalCommand.FindNode, target, null),
        "down hint" => new(1, node.Address, null, null, true, InternalCommand.DownHint, null, [1, 2, 3, 4, 5, 6]),
        "delayed ping" => new(1, node.Address, null, null, true, InternalCommand.DelayedPing, null, BitConverter.GetBytes(1000)),
        "unknown internal" => new(1, node.Address, null, null, true, 9, null, null),
        "find peer" => new(1, node.Address, null, null, false, DhtCommand.FindPeer, target, null),
        "lookup" => new(1, node.Address, null, null, false, DhtCommand.Lookup, target, null),
        "mutable get" => new(1, node.Address, null, null, false, DhtCommand.MutableGet, target, [0]),
        "immutable get" => new(1, node.Address, null, null, false, DhtCommand.ImmutableGet, target, null),
        "plugin" => new(1, node.Address, null, null, false, DhtCommand.Plugin, target, null),
        _ => new(1, node.Address, null, null, false, 77, target, null),
    };

    private static Bytes32 Store(SimWorld world, SimNode node, int size)
    {
        var friend = UdpAddress.FromIPv4(0x2e000001, 5);
        RpcResponse? last = null;
        world.Network.SetReceiver(friend, (bytes, _, _) => last = RpcResponse.TryDecode(bytes.Span, out var answer) ? answer : last);
        var value = new byte[size];
        var hash = Blake2b.Hash(value);
        node.Receive("server", new RpcRequest(1, node.Address, null, null, false, DhtCommand.ImmutableGet, hash, null).Encode(), friend, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(1));
        node.Receive("server", new RpcRequest(2, node.Address, null, last!.Token, false, DhtCommand.ImmutablePut, hash, value).Encode(), friend, world.Network.Now);
        world.Network.Run(TimeSpan.FromSeconds(1));
        Assert.Equal(1, node.Core.Records.Count);
        return hash;
    }
}
