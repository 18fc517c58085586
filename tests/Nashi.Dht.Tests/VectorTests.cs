using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Dht.Tests;

public sealed class VectorTests
{
    private static readonly JsonElement Golden = Vectors.Load("dht");

    [Fact]
    public void NodeId_OfAddresses_EqualsTheReference()
    {
        foreach (var vector in Golden.GetProperty("nodeIds").EnumerateArray())
        {
            Assert.True(UdpAddress.TryParse(vector.GetProperty("address").GetString(), out var address));
            Assert.Equal(vector.Bytes("id"), NodeId.Of(address).ToArray());
        }
    }

    [Fact]
    public void Datagrams_OfTheReference_AreReadAndWrittenAlike()
    {
        foreach (var vector in Golden.GetProperty("datagrams").EnumerateArray())
        {
            if (vector.GetProperty("kind").GetString() == "request") CheckRequest(vector);
            else CheckResponse(vector);
        }
    }

    [Fact]
    public void NatSampler_FedAsTheReference_ConcludesAlike()
    {
        foreach (var run in Golden.GetProperty("natSamples").EnumerateArray())
        {
            var sampler = new NatSampler();
            foreach (var step in run.EnumerateArray())
            {
                sampler.Add(UdpAddress.FromIPv4(0x01010101, step.GetProperty("port").GetInt32()));
                Assert.Equal(UdpAddress.FromIPv4(0x01010101, step.GetProperty("seen").GetInt32()), sampler.Address);
            }
        }
    }

    [Fact]
    public void AnnounceMessage_SignedForANode_EqualsTheReference()
    {
        using var pair = KeyPair.FromSeed(Golden.GetProperty("keyPair").Bytes("seed"));
        var records = Golden.GetProperty("records");
        var (target, node, token) = (Id(records, "target"), Id(records, "nodeId"), Id(records, "token"));
        var relay = UdpAddress.FromIPv4(0x01020304, 5678);

        var announce = AnnounceMessage.Sign(false, target, node, token, new PeerRecord(pair.PublicKey, [relay]), pair);
        Assert.Equal(records.Bytes("announce"), announce.Encode());
        var unannounce = AnnounceMessage.Sign(true, target, node, token, new PeerRecord(pair.PublicKey, []), pair);
        Assert.Equal(records.Bytes("unannounce"), unannounce.Encode());

        Assert.True(AnnounceMessage.TryDecode(records.Bytes("announceRefresh"), out var refreshing));
        Assert.Equal(Id(records, "refresh"), refreshing.Refresh);
        Assert.Equal(1700000000000ul, refreshing.Bump);
        Assert.True(refreshing.IsSigned(false, target, node, token));
        Assert.False(refreshing.IsSigned(true, target, node, token));
        Assert.False(refreshing.IsSigned(false, target, token, node));
        Assert.Equal(records.Bytes("announceRefresh"), refreshing.Encode());
    }

    [Fact]
    public void Records_OfTheReference_AreReadAndWrittenAlike()
    {
        using var pair = KeyPair.FromSeed(Golden.GetProperty("keyPair").Bytes("seed"));
        var records = Golden.GetProperty("records");
        Assert.True(PeerRecord.TryDecode(records.Bytes("peer"), out var peer));
        Assert.Equal(records.Bytes("peer"), peer.Encode());
        Assert.True(LookupAnswer.TryDecode(records.Bytes("lookup"), out var lookup));
        Assert.Equal((2, 300ul), (lookup.Peers.Count, lookup.Bump));
        Assert.Equal(records.Bytes("lookup"), LookupAnswer.Encode([records.Bytes("peer"), records.Bytes("peer")], 300));

        var value = MutableValue.Sign(5, "hello"u8, pair);
        Assert.Equal(records.Bytes("mutableSignature"), value.Signature);
        Assert.Equal(records.Bytes("mutableGet"), value.Encode());
        Assert.Equal(records.Bytes("mutablePut"), value.EncodePut(pair.PublicKey));
        Assert.True(MutableValue.TryDecodePut(records.Bytes("mutablePut"), out var key, out var read));
        Assert.True(read.IsSignedBy(key));
        Assert.False((read with { Sequence = 6 }).IsSignedBy(key));
        Assert.Equal(Golden.GetProperty("keyPair").Bytes("target"), Blake2b.Hash(key.Value.AsSpan()).ToArray());
    }

    private static void CheckRequest(JsonElement vector)
    {
        var datagram = vector.Bytes("datagram");
        Assert.True(RpcRequest.TryDecode(datagram, out var request));
        Assert.Equal(vector.GetProperty("tid").GetInt32(), request.TransactionId);
        Assert.Equal(UdpAddress.FromIPv4(0x01020304, 5678), request.To);
        Assert.Equal(OptionalId(vector, "id"), request.Id);
        Assert.Equal(OptionalId(vector, "token"), request.Token);
        Assert.Equal(OptionalId(vector, "target"), request.Target);
        Assert.Equal(vector.GetProperty("internal").GetBoolean(), request.IsInternal);
        Assert.Equal(vector.GetProperty("command").GetUInt64(), request.Command);
        Assert.Equal(OptionalBytes(vector, "value"), request.Value);
        Assert.Equal(datagram, request.Encode());
    }

    private static void CheckResponse(JsonElement vector)
    {
        var datagram = vector.Bytes("datagram");
        Assert.True(RpcResponse.TryDecode(datagram, out var response));
        Assert.Equal(UdpAddress.FromIPv4(0x7f000001, 60000), response.To);
        Assert.Equal(OptionalId(vector, "id"), response.Id);
        Assert.Equal(vector.GetProperty("closer").GetBoolean() ? 2 : 0, response.Closer.Count);
        Assert.Equal(vector.GetProperty("error").GetUInt64(), response.Error);
        Assert.Equal(OptionalBytes(vector, "value"), response.Value);
        Assert.Equal(datagram, response.Encode());
    }

    private static Bytes32 Id(JsonElement vector, string name) => new(vector.Bytes(name));

    private static Bytes32? OptionalId(JsonElement vector, string name) => OptionalBytes(vector, name) is { } bytes ? new Bytes32(bytes) : null;

    private static byte[]? OptionalBytes(JsonElement vector, string name) => vector.GetProperty(name).ValueKind == JsonValueKind.Null ? null : vector.Bytes(name);
}
