using System.Text.Json;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Protomux.Wakeup;
using Nashi.TestKit;

namespace Nashi.BlindPeer.Tests;

/// <summary>The reference is our client, and we are its.</summary>
public sealed class ReferenceTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Server_OfOurs_KeepsWhatAClientOfTheReferenceLeft()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync();
        var js = await world.ReferenceClientAsync(server.PublicKey);
        await js.NextAsync("client");
        await js.SendAsync(new JsonObject { ["do"] = "add", ["name"] = "a", ["blocks"] = World.Texts("one", "two", "three") });
        var key = new CoreKey((await js.NextAsync("added")).Bytes("key"));
        await server.UntilAsync(key, 3);
        await js.DisposeAsync();

        var reader = await world.ReaderAsync(server.PublicKey);
        Assert.Equal(["one", "two", "three"], await World.ReadAsync(await reader.GetAsync(key, null, Token), 3));
    }

    [Fact]
    public async Task Server_OfTheReference_KeepsWhatWeLeft()
    {
        await using var world = await World.CreateAsync();
        var js = await world.ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "server", ["folder"] = world.Folder() });
        var server = new PublicKey((await js.NextAsync("server")).Bytes("key"));
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server] });
        var core = await store.GetAsync("a", null, Token);
        foreach (var text in new[] { "one", "two", "three" }) await core.AppendAsync(System.Text.Encoding.UTF8.GetBytes(text), Token);
        peering.Add(core);
        await peering.HeldAsync(core.Key, 2, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token);
        // It goes on while the connection stands.
        await core.AppendAsync("four"u8.ToArray(), Token);
        await peering.HeldAsync(core.Key, 3, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token);
        var key = core.Key;
        await peering.DisposeAsync();
        await store.DisposeAsync();

        var reader = await world.ReaderAsync(server);
        Assert.Equal(["one", "two", "three", "four"], await World.ReadAsync(await reader.GetAsync(key, null, Token), 4));
    }

    [Fact]
    public async Task Server_OfOurs_TellsAMemberOfTheReferenceOfNews()
    {
        await using var world = await World.CreateAsync();
        var server = await world.ServerAsync();
        var referrer = new CoreKey(World.Fill(5));
        var listener = await world.ReferenceClientAsync(server.PublicKey);
        await listener.NextAsync("client");
        var writer = await world.ReferenceClientAsync(server.PublicKey);
        await writer.NextAsync("client");
        await writer.SendAsync(new JsonObject { ["do"] = "add", ["name"] = "a", ["blocks"] = World.Texts("one"), ["referrer"] = World.Hex(referrer.Value) });
        var key = new CoreKey((await writer.NextAsync("added")).Bytes("key"));
        await server.UntilAsync(key, 1);

        // Who comes is told what there is, and then of what comes.
        await listener.SendAsync(new JsonObject { ["do"] = "listen", ["referrer"] = World.Hex(referrer.Value), ["from"] = World.Hex(server.PublicKey.Value) });
        Assert.Equal((key, 1UL), Woken(await listener.NextAsync("woken")));
        await writer.SendAsync(new JsonObject { ["do"] = "append", ["name"] = "a", ["blocks"] = World.Texts("two", "three") });
        var news = Woken(await listener.NextAsync("woken"));
        while (news.Length < 3) news = Woken(await listener.NextAsync("woken"));
        Assert.Equal((key, 3UL), news);
    }

    [Fact]
    public async Task Server_OfTheReference_TellsUsOfNews()
    {
        await using var world = await World.CreateAsync();
        var js = await world.ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "server", ["folder"] = world.Folder() });
        var server = new PublicKey((await js.NextAsync("server")).Bytes("key"));
        using var wakeup = new WakeupSwarm();
        var (writer, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server] });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("one"u8.ToArray(), Token);
        var group = new BlindGroup { Target = new CoreKey(World.Fill(5)), Cores = () => [BlindCore.Of(core)] };
        writer.Add(group);
        await World.HeldAsync(writer, core.Key, 0);

        var (member, _) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server], Wakeup = wakeup });
        var told = new Told();
        using var session = wakeup.CreateSession(group.Target, told);
        member.Add(group with { Cores = () => [] });
        Assert.Equal(core.Key, (await told.First.WaitAsync(World.Patience, Token)).Key);
    }

    [Fact]
    public async Task Requests_OfTheReference_AreAnsweredAsItExpects()
    {
        await using var world = await World.CreateAsync();
        var js = await world.ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "client", ["folder"] = world.Folder(), ["keys"] = new JsonArray(), ["seed"] = World.Hex(new Bytes32(World.Fill(8))) });
        var trusted = new PublicKey((await js.NextAsync("client")).Bytes("key"));
        var server = await world.ServerAsync(new BlindPeerServerOptions { Folder = world.Folder(), Trusted = new HashSet<PublicKey> { trusted } });
        var stranger = await world.ReferenceClientAsync(server.PublicKey);
        await stranger.NextAsync("client");
        var key = World.Hex(new Bytes32(World.Fill(1)));
        JsonObject Request(string method, ulong priority = 2) => new()
        {
            ["do"] = "request", ["server"] = World.Hex(server.PublicKey.Value), ["method"] = method, ["key"] = key, ["priority"] = priority, ["announce"] = true,
        };

        await stranger.SendAsync(Request("add-core"));
        var record = (await stranger.NextAsync("answer")).GetProperty("answer");
        Assert.Equal((key, 1, false), (record.GetProperty("key").GetString(), record.GetProperty("priority").GetInt32(), record.GetProperty("announce").GetBoolean()));
        await js.SendAsync(Request("add-core"));
        record = (await js.NextAsync("answer")).GetProperty("answer");
        Assert.Equal((2, true), (record.GetProperty("priority").GetInt32(), record.GetProperty("announce").GetBoolean()));
        await server.UntilAsync(stats => stats.AnnouncedCores == 1);

        // Now there are two who asked: a stranger takes back its own asking, the trusted one deletes.
        await stranger.SendAsync(Request("delete-core"));
        Assert.True((await stranger.NextAsync("answer")).GetProperty("answer").GetBoolean());
        Assert.Equal(1, server.GetStats().Cores);
        await stranger.SendAsync(Request("delete-core"));
        Assert.Contains("Only trusted peers", (await stranger.NextAsync("answer")).GetProperty("cause").GetString(), StringComparison.Ordinal);
        await js.SendAsync(Request("delete-core"));
        Assert.True((await js.NextAsync("answer")).GetProperty("answer").GetBoolean());
        await server.UntilAsync(stats => stats is { Cores: 0, AnnouncedCores: 0 });
        await js.SendAsync(Request("delete-core"));
        Assert.False((await js.NextAsync("answer")).GetProperty("answer").GetBoolean());
    }

    [Fact]
    public async Task Server_OfTheReference_DeletesForATrustedClientOfOurs()
    {
        await using var world = await World.CreateAsync();
        using var trusted = KeyPair.FromSeed(World.Fill(4));
        var js = await world.ReferenceAsync();
        await js.SendAsync(new JsonObject { ["do"] = "server", ["folder"] = world.Folder(), ["trusted"] = new JsonArray(World.Hex(trusted.PublicKey.Value)) });
        var server = new PublicKey((await js.NextAsync("server")).Bytes("key"));
        var (peering, store) = await world.ClientAsync(new BlindPeeringOptions { Peers = [server], KeyPair = trusted });
        var core = await store.GetAsync("a", null, Token);
        await core.AppendAsync("one"u8.ToArray(), Token);
        var request = peering.Add(core, new BlindCoreOptions { Announce = true });
        await World.HeldAsync(peering, core.Key, 0);
        // It gives no receipts, and we say so.
        var refused = await Assert.ThrowsAsync<BlindPeerException>(async () => await peering.AuditAsync(server, core, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        Assert.Equal("BLIND_PEER_UNSUPPORTED", refused.Code);
        request.Dispose();
        Assert.Equal(1, await peering.DeleteAsync(core.Key, cancellationToken: Token).AsTask().WaitAsync(World.Patience, Token));
        Assert.Equal(core.Key.Value.ToArray(), (await js.NextAsync("deleted")).Bytes("key"));
    }

    private static (CoreKey Key, ulong Length) Woken(JsonElement said)
    {
        var writer = Assert.Single(said.GetProperty("writers").EnumerateArray());
        return (new CoreKey(writer.Bytes("key")), writer.GetProperty("length").GetUInt64());
    }

    private sealed class Told : IWakeupHandler
    {
        private readonly TaskCompletionSource<WakeupWriter> _first = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<WakeupWriter> First => _first.Task;

        public void OnAnnounce(WakeupSession session, WakeupPeer peer, IReadOnlyList<WakeupWriter> writers)
        {
            if (writers.Count > 0) _first.TrySetResult(writers[0]);
        }
    }
}
