using System.Net;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Swarm.Tests;

/// <summary>Our swarm and the reference's in one network.</summary>
public sealed class SwarmInteropTests : IAsyncDisposable
{
    private const int Messages = 32;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Topic Topic = new([.. Enumerable.Repeat((byte)42, 32)]);

    private readonly List<DhtNode> _nodes = [];
    private readonly List<KeyPair> _keys = [];
    private JsPeer? _js;
    private UdpAddress _bootstrap;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string TopicHex => Convert.ToHexStringLower(Topic.Value.AsSpan());

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task Join_ReferenceHasJoined_FindsItAndEchoes(bool server, bool client)
    {
        var js = await StartAsync();
        await SwarmAsync(js, 1);
        await DoAsync(js, new() { ["do"] = "join", ["topic"] = TopicHex, ["server"] = client, ["client"] = server });
        await js.NextAsync("joined");
        await using var swarm = await SwarmAsync(2);
        var discovery = swarm.Join(Topic, server, client);
        Assert.True(await discovery.FlushedAsync(Token).AsTask().WaitAsync(Patience, Token));
        if (!client)
        {
            // The reference looked before we were there: it looks again when it joins anew.
            await DoAsync(js, new() { ["do"] = "leave", ["topic"] = TopicHex });
            await js.NextAsync("left");
            await DoAsync(js, new() { ["do"] = "join", ["topic"] = TopicHex, ["server"] = false, ["client"] = true });
        }

        var connection = await NextAsync(swarm);
        Assert.Equal(client ? [Topic] : [], connection.Topics);
        await EchoAsync(connection);
    }

    [Fact]
    public async Task JoinPeer_ReferenceKilledAndRestarted_ConnectsAgain()
    {
        await NetworkAsync();
        await using var first = JsPeer.Start("connect-peer.cjs", _bootstrap.ToString());
        _js = JsPeer.Start("connect-peer.cjs", _bootstrap.ToString());
        await first.NextAsync("ready");
        await _js.NextAsync("ready");
        var key = await ListenAsync(first);
        await using var swarm = await SwarmAsync(2);
        swarm.JoinPeer(key);
        var before = await NextAsync(swarm);
        await first.NextAsync("connection");

        await first.DisposeAsync();
        await ListenAsync(_js);
        var after = await NextAsync(swarm);
        Assert.Equal(key, after.RemotePublicKey);
        Assert.Equal(CloseKind.PeerMoved, (await before.Stream.Closed.WaitAsync(Patience, Token)).Kind);
    }

    [Fact]
    public async Task Join_ReferenceLooksUp_FindsUsUntilWeLeave()
    {
        var js = await StartAsync();
        await using var swarm = await SwarmAsync(2);
        await swarm.Join(Topic, server: true, client: false).FlushedAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal([Convert.ToHexStringLower(swarm.PublicKey.Value.AsSpan())], await LookupAsync(js));
        await swarm.LeaveAsync(Topic, Token).AsTask().WaitAsync(Patience, Token);
        Assert.Empty(await LookupAsync(js));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(true, true)]
    public async Task JoinPeer_EitherOrBothSides_OneConnectionEchoes(bool we, bool they)
    {
        var js = await StartAsync();
        var theirKey = await SwarmAsync(js, 1);
        await DoAsync(js, new() { ["do"] = "listen" });
        await js.NextAsync("listening");
        await using var swarm = await SwarmAsync(2);
        await swarm.ListenAsync(Token).AsTask().WaitAsync(Patience, Token);
        if (they) await DoAsync(js, new() { ["do"] = "joinPeer", ["key"] = Convert.ToHexStringLower(swarm.PublicKey.Value.AsSpan()) });
        if (we) swarm.JoinPeer(theirKey);
        await EchoOnceAsync(swarm);
        Assert.Single(swarm.Current);
        await DoAsync(js, new() { ["do"] = "count" });
        Assert.Equal(1, (await js.NextAsync("count")).GetProperty("connections").GetInt32());
    }

    [Fact]
    public async Task JoinPeer_ReferenceDropsTheConnection_ConnectsAgain()
    {
        var js = await StartAsync();
        var theirKey = await SwarmAsync(js, 1);
        await DoAsync(js, new() { ["do"] = "listen" });
        await js.NextAsync("listening");
        await using var swarm = await SwarmAsync(2);
        swarm.JoinPeer(theirKey);
        await EchoAsync(await NextAsync(swarm));
        await DoAsync(js, new() { ["do"] = "drop" });
        await EchoAsync(await NextAsync(swarm));
    }

    [Fact]
    public async Task Join_OurSwarmsOnly_ThreeMeetEachOther()
    {
        await NetworkAsync();
        await using var a = await SwarmAsync(1);
        await using var b = await SwarmAsync(2);
        await using var c = await SwarmAsync(3);
        foreach (var swarm in new[] { a, b, c }) await swarm.Join(Topic).FlushedAsync(Token).AsTask().WaitAsync(Patience, Token);
        foreach (var swarm in new[] { a, b, c })
        {
            var met = new HashSet<PublicKey>();
            while (met.Count < 2) met.Add((await NextAsync(swarm)).RemotePublicKey);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        if (_js is not null) await _js.DisposeAsync();
        foreach (var key in _keys) key.Dispose();
    }

    private static async Task<SwarmConnection> NextAsync(Swarm swarm) => await swarm.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    private static async Task<PublicKey> ListenAsync(JsPeer js)
    {
        await js.SendAsync(new JsonObject { ["do"] = "server", ["seed"] = new string('7', 64) });
        return new PublicKey((await js.NextAsync("listening")).Bytes("key"));
    }

    private static async Task EchoOnceAsync(Swarm swarm)
    {
        // Of two that crossed one is closed, on whichever side sees it first.
        while (!await TryEchoAsync(await NextAsync(swarm)))
        {
        }
    }

    private static async Task EchoAsync(SwarmConnection connection) => Assert.True(await TryEchoAsync(connection));

    private static async Task<bool> TryEchoAsync(SwarmConnection connection)
    {
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Messages; i++) await connection.Stream.WriteAsync(Message(i), Token);
        });
        for (var i = 0; i < Messages; i++)
        {
            var result = await connection.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            if (result.IsCompleted) return false;
            Assert.True(result.Message.Span.SequenceEqual(Message(i)));
        }

        await sending;
        return true;
    }

    private static byte[] Message(int number)
    {
        var message = new byte[65_536];
        Array.Fill(message, (byte)number);
        return message;
    }

    private static async Task DoAsync(JsPeer js, JsonObject command)
    {
        command["name"] = "js";
        await js.SendAsync(command);
    }

    private static async Task<PublicKey> SwarmAsync(JsPeer js, byte seed)
    {
        await DoAsync(js, new() { ["do"] = "swarm", ["seed"] = Convert.ToHexStringLower([.. Enumerable.Repeat(seed, 32)]) });
        return new PublicKey((await js.NextAsync("swarm")).Bytes("key"));
    }

    private static async Task<string[]> LookupAsync(JsPeer js)
    {
        await DoAsync(js, new() { ["do"] = "lookup", ["topic"] = TopicHex });
        return [.. (await js.NextAsync("found")).GetProperty("keys").EnumerateArray().Select(key => key.GetString()!)];
    }

    private async Task<JsPeer> StartAsync()
    {
        _js = JsPeer.Start("connect-peer.cjs");
        var ready = await _js.NextAsync("ready");
        Assert.True(UdpAddress.TryParse(ready.GetProperty("bootstrap")[0].GetString(), out _bootstrap));
        return _js;
    }

    private async Task NetworkAsync()
    {
        _bootstrap = (await NodeAsync(true)).LocalAddress;
        for (var i = 0; i < 4; i++) await NodeAsync(true);
    }

    private async Task<Swarm> SwarmAsync(byte seed)
    {
        var keyPair = KeyPair.FromSeed([.. Enumerable.Repeat(seed, 32)]);
        _keys.Add(keyPair);
        return new Swarm(await NodeAsync(false), new SwarmOptions { KeyPair = keyPair });
    }

    private async Task<DhtNode> NodeAsync(bool isOpen)
    {
        var options = new DhtOptions
        {
            Host = IPAddress.Loopback,
            Port = 0,
            Bootstrap = _bootstrap == default ? [] : [_bootstrap],
            Ephemeral = !isOpen,
            IsFirewalled = !isOpen,
        };
        var node = await DhtNode.StartAsync(options, Token);
        _nodes.Add(node);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        return node;
    }
}
