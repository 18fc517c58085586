using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Queries;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Dht.Tests.Simulation;
using Nashi.Encoding;

namespace Nashi.Dht.Tests;

/// <summary>What strangers try.</summary>
public sealed class HostileTests
{
    private static readonly UdpAddress Evil = UdpAddress.FromIPv4(0x2d000001, 6666);

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void Core_FedWithMutatedAndReplayedDatagrams_Survives(ulong seed)
    {
        var world = new SimWorld(seed);
        var seen = new List<(ReadOnlyMemory<byte> Bytes, UdpAddress From)>();
        world.Network.Tap = (bytes, from, _) =>
        {
            if (seen.Count < 4000) seen.Add((bytes, from));
        };
        world.Grow(20);
        using var pair = world.RandomPair();
        var topic = world.RandomId();
        world.Nodes[2].Announce(topic, pair);
        IRandom random = new SeededRandom(seed);
        var victim = world.Nodes[5];
        for (var i = 0; i < 30_000; i++)
        {
            var (bytes, from) = seen[random.Next(seen.Count)];
            var mutated = Mutate(bytes.ToArray(), random);
            var source = random.Next(3) == 0 ? from : UdpAddress.FromIPv4(random.NextUInt32(), random.Next(65536));
            victim.Receive(random.Next(2) == 0 ? "server" : "client", mutated, source, world.Network.Now);
            if (i % 100 == 0) world.Network.Run(TimeSpan.FromMilliseconds(50));
        }

        Assert.True(victim.Core.Rpc.Counters.Malformed > 0);
        Assert.True(victim.Core.Rpc.PendingCount <= RpcCore.MaxPending);
        world.Network.Run(TimeSpan.FromMinutes(1));
        Assert.True(victim.Lookup(topic).Contains(pair.PublicKey), $"seed {seed}");
        Assert.True(world.Nodes[7].Lookup(topic).Contains(pair.PublicKey), $"seed {seed}");
    }

    [Fact]
    public void Decoders_OfRandomBytes_NeverThrow()
    {
        IRandom random = new SeededRandom(13);
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = new byte[random.Next(120)];
            random.Fill(bytes);
            if (bytes.Length > 1 && random.Next(2) == 0) (bytes[0], bytes[1]) = ((byte)(random.Next(2) == 0 ? 0x03 : 0x13), (byte)random.Next(32));
            if (RpcRequest.TryDecode(bytes, out var request)) Assert.Equal(request.EncodedSize, request.Encode().Length);
            if (RpcResponse.TryDecode(bytes, out var response)) Assert.Equal(response.EncodedSize, response.Encode().Length);
            _ = PeerRecord.TryDecode(bytes, out _);
            _ = AnnounceMessage.TryDecode(bytes, out _);
            _ = LookupAnswer.TryDecode(bytes, out _);
            _ = MutableValue.TryDecodePut(bytes, out _, out _);
        }
    }

    [Fact]
    public void Response_FromAnotherAddressThanAsked_IsNotBelieved()
    {
        var world = new SimWorld(14);
        world.Grow(1);
        var node = world.Nodes[0];
        var asked = UdpAddress.FromIPv4(0x08000001, 7);
        ReadOnlyMemory<byte> request = default;
        world.Network.Tap = (bytes, _, to) => request = to == asked ? bytes : request;
        RpcReply? reply = null;
        node.Do(now => node.Core.Send(RpcCall.Ping(asked, (answer, _) => reply = answer), now));
        Assert.True(RpcRequest.TryDecode(request.Span, out var sent));
        var forged = new RpcResponse(sent.TransactionId, node.Address, null, null, [], 0, null).Encode();
        node.Receive("server", forged, Evil, world.Network.Now);
        node.Receive("server", forged, asked.WithPort(8), world.Network.Now);
        Assert.Null(reply);
        Assert.Equal(2, node.Core.Rpc.Counters.Unsolicited);
        node.Receive("server", forged, asked, world.Network.Now);
        Assert.NotNull(reply);
    }

    [Fact]
    public void Announce_WithoutAValidTokenOrSignature_StoresNothing()
    {
        var world = new SimWorld(15);
        world.Grow(1);
        var node = world.Nodes[0];
        using var pair = world.RandomPair();
        var topic = world.RandomId();
        var answers = new List<RpcResponse>();
        world.Network.SetReceiver(Evil, (bytes, _, _) =>
        {
            if (RpcResponse.TryDecode(bytes.Span, out var answer)) answers.Add(answer);
        });
        Ask(world, node, DhtCommand.Lookup, topic, null, null);
        var token = Assert.Single(answers).Token!.Value;
        var peer = new PeerRecord(pair.PublicKey, []);
        var good = AnnounceMessage.Sign(false, topic, node.Core.Id!.Value, token, peer, pair);

        Ask(world, node, DhtCommand.Announce, topic, null, good.Encode());
        Ask(world, node, DhtCommand.Announce, topic, world.RandomId(), good.Encode());
        Ask(world, node, DhtCommand.Announce, topic, token, AnnounceMessage.Sign(false, topic, world.RandomId(), token, peer, pair).Encode());
        Ask(world, node, DhtCommand.Announce, topic, token, (good with { Signature = new byte[64] }).Encode());
        Ask(world, node, DhtCommand.Announce, world.RandomId(), token, good.Encode());
        Ask(world, node, DhtCommand.Announce, topic, token, AnnounceMessage.Sign(true, topic, node.Core.Id!.Value, token, peer, pair).Encode());
        Assert.Equal(0, node.Core.Records.Count);
        Assert.Equal(RpcError.InvalidToken, answers[^1].Error);
        Assert.Equal(1, node.Core.Rpc.Counters.BadTokens);

        Ask(world, node, DhtCommand.Announce, topic, token, good.Encode());
        Assert.Equal(1, node.Core.Records.Count);
        world.Network.Run(TimeSpan.FromSeconds(20));
        Ask(world, node, DhtCommand.Announce, topic, token, good.Encode());
        Assert.Equal(2, node.Core.Rpc.Counters.BadTokens);
    }

    [Fact]
    public void Values_ThatAreTooLargeOrMisplaced_AreNotStored()
    {
        var world = new SimWorld(16);
        world.Grow(1);
        var node = world.Nodes[0];
        using var pair = world.RandomPair();
        RpcResponse? last = null;
        world.Network.SetReceiver(Evil, (bytes, _, _) => last = RpcResponse.TryDecode(bytes.Span, out var answer) ? answer : last);
        Ask(world, node, DhtCommand.ImmutableGet, world.RandomId(), null, null);
        var token = last!.Token!.Value;
        var large = new byte[1200];
        Ask(world, node, DhtCommand.ImmutablePut, Blake2b.Hash(large), token, large);
        Ask(world, node, DhtCommand.ImmutablePut, world.RandomId(), token, [1]);
        Ask(world, node, DhtCommand.MutablePut, world.RandomId(), token, MutableValue.Sign(1, [1], pair).EncodePut(pair.PublicKey));
        var target = Blake2b.Hash(pair.PublicKey.Value.AsSpan());
        Ask(world, node, DhtCommand.MutablePut, target, token, (MutableValue.Sign(1, [1], pair) with { Sequence = 9 }).EncodePut(pair.PublicKey));
        Assert.Equal(0, node.Core.Records.Count);
        Ask(world, node, DhtCommand.MutablePut, target, token, MutableValue.Sign(5, [1], pair).EncodePut(pair.PublicKey));
        Assert.Equal(1, node.Core.Records.Count);
        Ask(world, node, DhtCommand.MutablePut, target, token, MutableValue.Sign(4, [1], pair).EncodePut(pair.PublicKey));
        Assert.Equal(RpcError.SequenceTooLow, last.Error);
        Ask(world, node, DhtCommand.MutablePut, target, token, MutableValue.Sign(5, [2], pair).EncodePut(pair.PublicKey));
        Assert.Equal(RpcError.SequenceReused, last.Error);
    }

    [Fact]
    public void Responses_ToAForgedAddress_AreNoAmplifier()
    {
        var world = new SimWorld(17);
        world.Grow(40);
        var node = world.Nodes[3];
        var sent = 0L;
        world.Network.Tap = (bytes, _, to) => sent += to == Evil ? bytes.Length + 28 : 0;
        var request = new RpcRequest(1, node.Address, null, null, true, InternalCommand.FindNode, world.RandomId(), null).Encode();
        var received = 0L;
        for (var i = 0; i < 10_000; i++)
        {
            received += request.Length + 28;
            node.Receive("server", request, Evil, world.Network.Now);
            if (i % 100 == 99) world.Network.Run(TimeSpan.FromMilliseconds(100));
        }

        Assert.True(sent <= (64 * 1024) + (28 * 2000), $"{sent} bytes for {received}");
        Assert.True(node.Core.Rpc.Counters.Withheld > 1000);
    }

    [Fact]
    public void UnknownCommand_Asked_IsAnsweredWithNoMoreBytes()
    {
        var world = new SimWorld(18);
        world.Grow(30);
        var node = world.Nodes[3];
        foreach (var request in new[] { new RpcRequest(1, node.Address, null, null, false, 50, world.RandomId(), null), new RpcRequest(2, node.Address, null, null, true, 9, null, null) })
        {
            var got = 0;
            world.Network.SetReceiver(Evil, (bytes, _, _) => got = bytes.Length);
            node.Receive("server", request.Encode(), Evil, world.Network.Now);
            world.Network.Run(TimeSpan.FromSeconds(1));
            Assert.InRange(got, 1, request.EncodedSize);
        }
    }

    [Fact]
    public void Query_LedToPrivateOrForeignIds_AsksNobodyThere()
    {
        var world = new SimWorld(19);
        world.Grow(10);
        var node = world.Nodes[4];
        UdpAddress[] traps = [UdpAddress.FromIPv4(0x7f000001, 22), UdpAddress.FromIPv4(0x0a000001, 53), UdpAddress.FromIPv4(0xe0000001, 5), UdpAddress.FromIPv4(0x08080808, 0), node.Address];
        world.Network.SetReceiver(Evil, (bytes, from, _) =>
        {
            if (RpcRequest.TryDecode(bytes.Span, out var asked))
                world.Network.Send(Evil, new RpcResponse(asked.TransactionId, from, world.RandomId(), null, traps, 0, null).Encode(), from);
        });
        var trapped = 0;
        world.Network.Tap = (_, from, to) => trapped += from == node.Address && traps.Contains(to) ? 1 : 0;
        QueryOutcome? outcome = null;
        node.Do(now => node.Core.StartQuery(
            new QueryOptions { Target = NodeId.Of(Evil), Command = DhtCommand.Lookup, Seeds = [Evil], Finished = o => outcome = o }, now));
        Assert.True(world.Network.RunUntil(() => outcome is not null, TimeSpan.FromMinutes(1)));
        Assert.Equal(0, trapped);
        Assert.DoesNotContain(outcome!.Closest, reply => reply.From == Evil);
    }

    [Fact]
    public void ForgedIntroductions_OfSilentNodes_DoNotEnterTheTable()
    {
        var world = new SimWorld(20);
        world.Grow(10);
        var node = world.Nodes[4];
        for (uint i = 0; i < 500; i++)
        {
            var forged = UdpAddress.FromIPv4(0x2e000000 + (i << 8), 7);
            var hello = new RpcRequest((ushort)i, node.Address, NodeId.Of(forged), null, true, InternalCommand.Ping, null, null).Encode();
            node.Receive("server", hello, forged, world.Network.Now);
        }

        world.Network.Run(TimeSpan.FromMinutes(1));
        Assert.DoesNotContain(node.Core.Table.ByContact, known => known.Address.IPv4 >> 24 == 0x2e);
        Assert.True(node.Core.Rpc.Counters.Sent < 500);
    }

    private static void Ask(SimWorld world, SimNode node, ulong command, Bytes32 target, Bytes32? token, byte[]? value)
    {
        node.Receive("server", new RpcRequest(7, node.Address, null, token, false, command, target, value).Encode(), Evil, world.Network.Now);
        world.Network.Run(TimeSpan.FromMilliseconds(200));
    }

    private static byte[] Mutate(byte[] bytes, IRandom dice)
    {
        switch (dice.Next(4))
        {
            case 0: return bytes[..dice.Next(bytes.Length + 1)];
            case 1: return bytes;
            case 2:
                dice.Fill(bytes.AsSpan(dice.Next(bytes.Length)));
                return bytes;
            default:
                for (var i = 1 + dice.Next(4); i > 0; i--) bytes[dice.Next(bytes.Length)] ^= (byte)(1 << dice.Next(8));
                return bytes;
        }
    }
}
