using System.Net;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Relaying;

/// <summary>Blind relays, clients and servers of ours and of the reference, mixed: through the relay first, then on to the direct path, with bytes flowing.</summary>
public sealed class RelayInteropTests : IAsyncDisposable
{
    private const int Megabyte = 1 << 20;
    private const string ServerSeed = "0202020202020202020202020202020202020202020202020202020202020202";
    private const string RelaySeed = "0303030303030303030303030303030303030303030303030303030303030303";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<DhtNode> _nodes = [];
    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _server = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _relay = KeyPair.Generate(SystemRandom.Instance);
    private readonly TaskCompletionSource _mayPunch = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<string> _steps = [];
    private JsPeer? _js;
    private UdpAddress _bootstrap;
    private int _relayPort;
    private BlindRelayServer? _relayServer;
    private DhtServer? _ourServer;
    private DhtConnection? _ours;

    public enum By
    {
        Ours,
        Reference,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(By.Ours, By.Reference, By.Ours, true)]
    [InlineData(By.Ours, By.Reference, By.Ours, false)]
    [InlineData(By.Reference, By.Ours, By.Ours, true)]
    [InlineData(By.Reference, By.Reference, By.Ours, false)]
    [InlineData(By.Ours, By.Ours, By.Reference, true)]
    [InlineData(By.Ours, By.Reference, By.Reference, true)]
    [InlineData(By.Reference, By.Ours, By.Reference, false)]
    public async Task Connect_ThroughARelay_ThenMovesToTheDirectPathWhileBytesFlow(By client, By server, By relay, bool clientProposes)
    {
        await StartNetworkAsync();
        var relayKey = await StartRelayAsync(relay);
        var serverKey = await ListenAsync(server, clientProposes ? null : relayKey);
        try
        {
            await ConnectAsync(client, serverKey, clientProposes ? relayKey : null as PublicKey?);
            var theirs = server == By.Ours ? await AcceptAsync() : null;
            var echoing = theirs is null ? Task.CompletedTask : EchoBackAsync(theirs);
            await ExerciseAsync();
            await OpenAsync();
            var moved = AllMovedAsync(client, server);
            using var patience = new CancellationTokenSource(Patience);
            while (!moved.IsCompleted || await CountPairsAsync() > 0)
            {
                Assert.False(patience.IsCancellationRequested, $"It did not move within {Patience}.");
                await ExerciseAsync();
            }

            await moved;
            await ExerciseAsync();
            Assert.All([_ours, theirs], end => Assert.NotEqual(ConnectionKind.Relayed, end?.Kind));
            if (_ours is not null) await _ours.DisposeAsync();
            else await DoAsync(new JsonObject { ["do"] = "close" });
            await echoing.WaitAsync(Patience, Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            throw new InvalidOperationException($"{string.Join('\n', _steps)}\n{_ours?.GetInfo()}\n{_ours?.Raw.GetStats()}\n{_relayServer?.GetStats()}\n{_js?.Said()}", error);
        }
    }

    // Not with a server of the reference: there, one order of the race remains in which its own clients lose the connection, too.
    [Fact]
    public async Task Connect_PunchAndTheReferencesRelayRace_TheConnectionLives()
    {
        await StartNetworkAsync();
        _mayPunch.TrySetResult();
        var relayKey = await StartRelayAsync(By.Reference);
        var serverKey = await ListenAsync(By.Ours, null);
        await ConnectAsync(By.Ours, serverKey, relayKey);
        var theirs = await AcceptAsync();
        var echoing = EchoBackAsync(theirs);
        for (var round = 0; round < 3; round++) await ExerciseAsync();
        await _ours!.DisposeAsync();
        await echoing.WaitAsync(Patience, Token);
    }

    public async ValueTask DisposeAsync()
    {
        _mayPunch.TrySetResult();
        if (_ours is not null) await _ours.DisposeAsync();
        if (_ourServer is not null) await _ourServer.DisposeAsync();
        if (_relayServer is not null) await _relayServer.DisposeAsync();
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        if (_js is not null) await _js.DisposeAsync();
        _client.Dispose();
        _server.Dispose();
        _relay.Dispose();
    }

    private static byte[] Pattern { get; } = [.. Enumerable.Range(0, Megabyte).Select(ByteAt)];

    private static byte ByteAt(int number) => (byte)((number * 31) + ((number >> 8) * 7) + (number >> 16));

    private static string? HexOf(PublicKey? key) => key is { } known ? Convert.ToHexStringLower(known.Value.AsSpan()) : null;

    private static async Task EchoBackAsync(DhtConnection connection)
    {
        while (await connection.Stream.ReadAsync(Token) is { IsCompleted: false } result) await connection.Stream.WriteAsync(result.Message.ToArray(), Token);
        await connection.DisposeAsync();
    }

    // The client alone decides when to punch: it has not, so that what opens is the relayed path.
    private async Task ConnectAsync(By client, PublicKey server, PublicKey? proposed)
    {
        if (client == By.Reference)
        {
            await DoAsync(new JsonObject { ["do"] = "connect", ["key"] = HexOf(server), ["relayThrough"] = HexOf(proposed) });
            Assert.Equal(_relayPort, (await _js!.NextAsync("connected")).GetProperty("port").GetInt32());
            return;
        }

        var options = new DhtConnectOptions
        {
            KeyPair = _client,
            UsesLan = false,
            OpensEarly = false,
            RelayThrough = proposed is { } named ? [named] : [],
            BeforePunching = _mayPunch.Task,
            Progress = step => _steps.Add(step.ToString()),
        };
        _ours = await (await NodeAsync()).ConnectAsync(server, options, Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal((ConnectionKind.Relayed, _relayPort), (_ours.Kind, _ours.RemoteAddress.Port));
    }

    private Task OpenAsync()
    {
        _mayPunch.SetResult();
        return DoAsync(new JsonObject { ["do"] = "open" });
    }

    // An end of the reference says so itself, when all that was under way at the change has been acknowledged; of ours the pair at the relay tells.
    private async Task AllMovedAsync(By client, By server)
    {
        foreach (var _ in new[] { client, server }.Where(end => end == By.Reference)) await _js!.NextAsync("changed");
    }

    // A megabyte there and the same one back.
    private Task ExerciseAsync() => _ours is null ? ExerciseTheirsAsync() : ExerciseOursAsync(_ours);

    private async Task ExerciseTheirsAsync()
    {
        await DoAsync(new JsonObject { ["do"] = "exercise", ["total"] = Megabyte });
        var done = await _js!.NextAsync("exercised");
        Assert.Null(done.GetProperty("error").GetString());
    }

    private static async Task ExerciseOursAsync(DhtConnection connection)
    {
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Megabyte; i += 65_536) await connection.Stream.WriteAsync(Pattern.AsMemory(i, 65_536), Token);
        }, Token);
        for (var got = 0; got < Megabyte;)
        {
            var result = await connection.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            Assert.False(result.IsCompleted, $"{connection} ended.");
            Assert.True(result.Message.Span.SequenceEqual(Pattern.AsSpan(got, result.Message.Length)), $"Other bytes than were sent, after {got}.");
            got += result.Message.Length;
        }

        await sending.WaitAsync(Patience, Token);
    }

    private Task DoAsync(JsonObject command) => _js!.SendAsync(command);

    private async Task StartNetworkAsync()
    {
        _js = JsPeer.Start("relay-peer.cjs");
        Assert.True(UdpAddress.TryParse((await _js.NextAsync("ready")).GetProperty("bootstrap")[0].GetString(), out _bootstrap));
    }

    private async Task<DhtConnection> AcceptAsync() => await _ourServer!.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    private async Task<int> CountPairsAsync()
    {
        if (_relayServer is not null) return _relayServer.GetStats().Active;
        await DoAsync(new JsonObject { ["do"] = "stats" });
        return (await _js!.NextAsync("stats")).GetProperty("active").GetInt32();
    }

    private async Task<PublicKey> StartRelayAsync(By by)
    {
        if (by == By.Ours)
        {
            var node = await NodeAsync(isOpen: true);
            _relayPort = node.LocalAddress.Port;
            _relayServer = await BlindRelayServer.StartAsync(node, _relay, cancellationToken: Token);
            return _relayServer.PublicKey;
        }

        await DoAsync(new JsonObject { ["do"] = "relay", ["seed"] = RelaySeed });
        var relaying = await _js!.NextAsync("relaying");
        _relayPort = relaying.GetProperty("port").GetInt32();
        return new PublicKey(relaying.Bytes("key"));
    }

    private async Task<PublicKey> ListenAsync(By by, PublicKey? relay)
    {
        if (by == By.Ours)
        {
            _ourServer = (await NodeAsync()).CreateServer(new DhtServerOptions { SharesLocalAddresses = false, RelayThrough = relay is { } named ? [named] : [] });
            await _ourServer.ListenAsync(_server, Token).AsTask().WaitAsync(Patience, Token);
            return _server.PublicKey;
        }

        await DoAsync(new JsonObject { ["do"] = "server", ["seed"] = ServerSeed, ["relayThrough"] = HexOf(relay) });
        return new PublicKey((await _js!.NextAsync("listening")).Bytes("key"));
    }

    private async Task<DhtNode> NodeAsync(bool isOpen = false)
    {
        var options = new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = [_bootstrap], Ephemeral = !isOpen, IsFirewalled = !isOpen };
        var node = await DhtNode.StartAsync(options, Token);
        _nodes.Add(node);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        return node;
    }
}
