using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.TestKit;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Interop;

/// <summary>One network of JavaScript's nodes and ours, begun by either.</summary>
public sealed class DhtInteropTests
{
    private static readonly string Topic1 = new('a', 64);

    [Fact]
    public async Task Network_BegunByJavaScript_ServesBoth()
    {
        await using var js = JsPeer.Start("dht-net.cjs", "4");
        var ready = await js.NextAsync("ready");
        Assert.True(ready.GetProperty("persistent").GetInt32() >= 3); // The reference's first node learns only later where it is.
        await using var ours = await TestNetwork.CreateAsync(3, [Local(ready.GetProperty("port").GetInt32())]);
        Assert.All(ours.Nodes, node => Assert.False(node.IsEphemeral));
        await ExerciseAsync(js, ours.Nodes[^1]);
    }

    [Fact]
    public async Task Network_BegunByUs_ServesBoth()
    {
        await using var ours = await TestNetwork.CreateAsync(3);
        await using var js = JsPeer.Start("dht-net.cjs", "3", ours.Bootstrap[0].Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var ready = await js.NextAsync("ready");
        Assert.Equal(3, ready.GetProperty("persistent").GetInt32());
        await ExerciseAsync(js, ours.Nodes[^1]);
    }

    [Fact]
    public async Task EphemeralNode_InANetworkOfJavaScript_FindsItselfReachable()
    {
        await using var js = JsPeer.Start("dht-net.cjs", "4");
        var ready = await js.NextAsync("ready");
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = System.Net.IPAddress.Loopback, Port = 0, Bootstrap = [Local(ready.GetProperty("port").GetInt32())] });
        await node.BootstrappedAsync();
        Assert.True(node.IsEphemeral);
        Assert.False(node.IsFirewalled);
        await ExerciseAsync(js, node);
    }

    private static async Task ExerciseAsync(JsPeer js, DhtNode node)
    {
        await AnnouncementsAsync(js, node);
        await ValuesAsync(js, node);
        await ServersAsync(js, node);
    }

    private static async Task AnnouncementsAsync(JsPeer js, DhtNode node)
    {
        using var ourPair = KeyPair.FromSeed(Seed(1));
        using var theirPair = KeyPair.FromSeed(Seed(2));
        var topic = new Topic(Convert.FromHexString(Topic1));
        await node.AnnounceAsync(topic, ourPair, [UdpAddress.FromIPv4(0x01020304, 5678)]);
        await AskAsync(js, "announced", new() { ["do"] = "announce", ["topic"] = Topic1, ["seed"] = Hex(Seed(2)) });

        var theirs = await AskAsync(js, "looked", new() { ["do"] = "lookup", ["topic"] = Topic1 });
        var seen = theirs.GetProperty("peers").EnumerateArray().ToDictionary(
            peer => peer.GetProperty("key").GetString()!, peer => string.Join(',', peer.GetProperty("relays").EnumerateArray()));
        Assert.Equal(2, seen.Count);
        Assert.Equal("1.2.3.4:5678", seen[Hex(ourPair.PublicKey.ToArray())]);
        var ours = await LookupAsync(node, topic);
        Assert.Equal(2, ours.Count);
        Assert.Empty(ours[theirPair.PublicKey]);

        await node.UnannounceAsync(topic, ourPair);
        await AskAsync(js, "unannounced", new() { ["do"] = "unannounce", ["topic"] = Topic1, ["seed"] = Hex(Seed(2)) });
        theirs = await AskAsync(js, "looked", new() { ["do"] = "lookup", ["topic"] = Topic1 });
        Assert.Empty(theirs.GetProperty("peers").EnumerateArray());
        Assert.Empty(await LookupAsync(node, topic));
    }

    private static async Task ValuesAsync(JsPeer js, DhtNode node)
    {
        var put = await node.ImmutablePutAsync("from us"u8.ToArray());
        var got = await AskAsync(js, "got", new() { ["do"] = "immutableGet", ["hash"] = Hex(put.Hash.ToArray()) });
        Assert.Equal(Hex("from us"u8), got.GetProperty("value").GetString());
        var theirs = await AskAsync(js, "put", new() { ["do"] = "immutablePut", ["value"] = Hex("from them"u8) });
        Assert.Equal("from them"u8.ToArray(), await node.ImmutableGetAsync(new Bytes32(theirs.Bytes("hash"))));

        using var ourPair = KeyPair.FromSeed(Seed(3));
        await node.MutablePutAsync(ourPair, "one"u8.ToArray(), 1);
        await node.MutablePutAsync(ourPair, "two"u8.ToArray(), 2);
        got = await AskAsync(js, "got", new() { ["do"] = "mutableGet", ["key"] = Hex(ourPair.PublicKey.ToArray()) });
        Assert.Equal((Hex("two"u8), 2), (got.GetProperty("value").GetString(), got.GetProperty("seq").GetInt32()));
        var low = await Assert.ThrowsAsync<DhtRequestFailedException>(async () => await node.MutablePutAsync(ourPair, "old"u8.ToArray(), 1));
        Assert.Equal("SEQ_TOO_LOW", low.Code);
        var reused = await Assert.ThrowsAsync<DhtRequestFailedException>(async () => await node.MutablePutAsync(ourPair, "other"u8.ToArray(), 2));
        Assert.Equal("SEQ_REUSED", reused.Code);

        using var theirPair = KeyPair.FromSeed(Seed(4));
        await AskAsync(js, "put", new() { ["do"] = "mutablePut", ["seed"] = Hex(Seed(4)), ["value"] = Hex("theirs"u8), ["seq"] = 7 });
        var record = await node.MutableGetAsync(theirPair.PublicKey);
        Assert.Equal(7ul, record?.Sequence);
        Assert.Equal("theirs"u8.ToArray(), record?.Value.ToArray());
        Assert.Null(await node.MutableGetAsync(theirPair.PublicKey, 8));
    }

    private static async Task ServersAsync(JsPeer js, DhtNode node)
    {
        using var ourPair = KeyPair.FromSeed(Seed(5));
        using var theirPair = KeyPair.FromSeed(Seed(6));
        await using (var announcer = await ((Nashi.Dht.Connecting.IConnectNode)node).AnnounceServerAsync(ourPair, default))
        {
            // The three nearest nodes, and up to two further ones that nobody can crowd out.
            Assert.InRange(announcer.Relays.Count, 3, 5);
            Assert.All(announcer.Relays, relay => Assert.True(announcer.IsRelay(relay.Relay)));
            var found = await AskAsync(js, "foundPeer", new() { ["do"] = "findPeer", ["key"] = Hex(ourPair.PublicKey.ToArray()) });
            Assert.Equal(Hex(ourPair.PublicKey.ToArray()), found.GetProperty("key").GetString());
        }

        var gone = await AskAsync(js, "foundPeer", new() { ["do"] = "findPeer", ["key"] = Hex(ourPair.PublicKey.ToArray()) });
        Assert.Null(gone.GetProperty("key").GetString());
        await AskAsync(js, "listening", new() { ["do"] = "listen", ["seed"] = Hex(Seed(6)) });
        Assert.Equal(theirPair.PublicKey, (await node.FindPeerAsync(theirPair.PublicKey))?.PublicKey);
    }

    private static async Task<Dictionary<PublicKey, IReadOnlyList<UdpAddress>>> LookupAsync(DhtNode node, Topic topic)
    {
        var peers = new Dictionary<PublicKey, IReadOnlyList<UdpAddress>>();
        await foreach (var reply in node.LookupAsync(topic))
        {
            foreach (var peer in reply.Peers) peers[peer.PublicKey] = peer.RelayAddresses;
        }

        return peers;
    }

    private static async Task<JsonElement> AskAsync(JsPeer js, string answer, JsonObject command)
    {
        await js.SendAsync(command);
        return await js.NextAsync(answer);
    }

    private static UdpAddress Local(int port) => UdpAddress.FromIPv4(0x7f000001, port);

    private static byte[] Seed(byte n) => [.. Enumerable.Repeat(n, 32)];

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}
