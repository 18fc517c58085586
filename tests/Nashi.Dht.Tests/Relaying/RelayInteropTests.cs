using System.Net;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Relaying;
using Nashi.Encoding;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Relaying;

/// <summary>Blind relays, clients and servers of ours and of the reference, mixed: through the relay, then on to the direct path, with bytes flowing.</summary>
public sealed class RelayInteropTests : IAsyncDisposable
{
    private const int Megabyte = 1 << 20;
    private const string ServerSeed = "0202020202020202020202020202020202020202020202020202020202020202";
    private const string RelaySeed = "0303030303030303030303030303030303030303030303030303030303030303";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<DhtNode> _nodes = [];
    private readonly List<JsPeer> _peers = [];
    private readonly KeyPair _client = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _server = KeyPair.Generate(SystemRandom.Instance);
    private readonly KeyPair _relay = KeyPair.Generate(SystemRandom.Instance);
    private readonly ManualResetEventSlim _mayPunch = new();
    private JsPeer? _js;
    private UdpAddress _bootstrap;
    private BlindRelayServer? _relayServer;
    private DhtServer? _ourServer;

    public enum By
    {
        Ours,
        Reference,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_ThroughAReferenceRelay_ThenMovesToTheDirectPathWhileBytesFlow(bool clientProposes)
    {
        await StartNetworkAsync();
        var relayKey = await StartRelayAsync(By.Reference);
        var serverKey = await ListenAsync(By.Ours, clientProposes ? null : relayKey);
        await ExerciseOurClientAsync(serverKey, clientProposes ? relayKey : null as PublicKey?);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Connect_ReferenceServerAtOurRelay_EchoesAMegabyte(bool clientProposes)
    {
        await StartNetworkAsync();
        var relayKey = await StartRelayAsync(By.Ours);
        var serverKey = await ListenAsync(By.Reference, clientProposes ? null : relayKey);
        var options = new DhtConnectOptions
        {
            KeyPair = _client,
            UsesLan = false,
            OpensEarly = false,
            RelayThrough = clientProposes ? [relayKey] : [],
            MayPunch = _ => false,
        };
        await using var ours = await (await NodeAsync()).ConnectAsync(serverKey, options, Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(ConnectionKind.Relayed, ours.Kind);
        await EchoAsync(ours, Pattern());
    }

    public async ValueTask DisposeAsync()
    {
        _mayPunch.Set();
        if (_ourServer is not null) await _ourServer.DisposeAsync();
        if (_relayServer is not null) await _relayServer.DisposeAsync();
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        foreach (var peer in _peers) await peer.DisposeAsync();
        _mayPunch.Dispose();
        _client.Dispose();
        _server.Dispose();
        _relay.Dispose();
    }

    private static byte ByteAt(int number) => (byte)((number * 31) + ((number >> 8) * 7) + (number >> 16));

    private static string HexOf(PublicKey key) => Convert.ToHexStringLower(key.Value.AsSpan());

    private static byte[] Pattern()
    {
        var bytes = new byte[Megabyte];
        for (var i = 0; i < bytes.Length; i++) bytes[i] = ByteAt(i);
        return bytes;
    }

    // A megabyte there and the same one back.
    private static async Task EchoAsync(DhtConnection connection, byte[] pattern)
    {
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < pattern.Length; i += 65_536) await connection.Stream.WriteAsync(pattern.AsMemory(i, 65_536), Token);
        }, Token);
        for (var got = 0; got < pattern.Length;)
        {
            var result = await connection.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            Assert.False(result.IsCompleted, $"{connection} ended: {connection.Raw.GetStats()}");
            Assert.True(result.Message.Span.SequenceEqual(pattern.AsSpan(got, result.Message.Length)), $"Other bytes than were sent, after {got}.");
            got += result.Message.Length;
        }

        await sending;
    }

    private static async Task EchoBackAsync(DhtConnection connection)
    {
        while (await connection.Stream.ReadAsync(Token) is { IsCompleted: false } result) await connection.Stream.WriteAsync(result.Message.ToArray(), Token);
    }

    private static Task Moved(DhtConnection connection)
    {
        var moved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        connection.PathChanged += changed =>
        {
            if (changed.Kind != ConnectionKind.Relayed) moved.TrySetResult();
        };
        if (connection.Kind != ConnectionKind.Relayed) moved.TrySetResult();
        return moved.Task.WaitAsync(Patience, Token);
    }

    private async Task ExerciseOurClientAsync(PublicKey serverKey, PublicKey? proposed)
    {
        var node = await NodeAsync();
        var steps = new List<string>();
        var options = new DhtConnectOptions
        {
            KeyPair = _client,
            UsesLan = false,
            OpensEarly = false,
            RelayThrough = proposed is { } named ? [named] : [],
            MayPunch = _ =>
            {
                _mayPunch.Wait(Patience, CancellationToken.None);
                return true;
            },
            Progress = step => steps.Add(step.ToString()),
        };
        try
        {
            await using var ours = await node.ConnectAsync(serverKey, options, Token).AsTask().WaitAsync(Patience, Token);
            var echoing = EchoBackAsync(await AcceptAsync());
            var pattern = Pattern();
            await EchoAsync(ours, pattern);

            // On a busy machine the server's own knocks may be quicker than the relay; then there is nothing to move.
            var moved = ours.Kind == ConnectionKind.Relayed ? Moved(ours) : Task.CompletedTask;
            _mayPunch.Set();
            await _js!.SendAsync(new JsonObject { ["do"] = "open" });
            using var patience = new CancellationTokenSource(Patience);
            while (!moved.IsCompleted || await CountPairsAsync() > 0)
            {
                patience.Token.ThrowIfCancellationRequested();
                await EchoAsync(ours, pattern);
            }

            await moved;
            await EchoAsync(ours, pattern);
            Assert.Equal(ConnectionKind.HolePunched, ours.Kind == ConnectionKind.Lan ? ConnectionKind.HolePunched : ours.Kind);
            await ours.DisposeAsync();
            await echoing.WaitAsync(Patience, Token);
        }
        catch (Exception error)
        {
            throw new InvalidOperationException($"{string.Join('\n', steps)}\n{_relayServer?.GetStats()}\n{_js?.Said()}", error);
        }
    }

    private async Task StartNetworkAsync()
    {
        _js = JsPeer.Start("relay-peer.cjs");
        _peers.Add(_js);
        Assert.True(UdpAddress.TryParse((await _js.NextAsync("ready")).GetProperty("bootstrap")[0].GetString(), out _bootstrap));
    }

    private async Task<DhtConnection> AcceptAsync() => await _ourServer!.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    private async Task<int> CountPairsAsync()
    {
        await _js!.SendAsync(new JsonObject { ["do"] = "stats" });
        return (await _js.NextAsync("stats")).GetProperty("active").GetInt32();
    }

    private async Task<PublicKey> StartRelayAsync(By by)
    {
        if (by == By.Ours)
        {
            _relayServer = await BlindRelayServer.StartAsync(await NodeAsync(isOpen: true), _relay, cancellationToken: Token);
            return _relayServer.PublicKey;
        }

        await _js!.SendAsync(new JsonObject { ["do"] = "relay", ["seed"] = RelaySeed });
        return new PublicKey((await _js.NextAsync("relaying")).Bytes("key"));
    }

    private async Task<PublicKey> ListenAsync(By by, PublicKey? relay)
    {
        if (by == By.Ours)
        {
            _ourServer = (await NodeAsync()).CreateServer(new DhtServerOptions { SharesLocalAddresses = false, RelayThrough = relay is { } named ? [named] : [] });
            await _ourServer.ListenAsync(_server, Token).AsTask().WaitAsync(Patience, Token);
            return _server.PublicKey;
        }

        await _js!.SendAsync(new JsonObject { ["do"] = "server", ["seed"] = ServerSeed, ["relayThrough"] = relay is { } theirs ? HexOf(theirs) : null });
        return new PublicKey((await _js.NextAsync("listening")).Bytes("key"));
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
