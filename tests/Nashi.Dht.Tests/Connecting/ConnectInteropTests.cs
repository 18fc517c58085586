using System.Net;
using System.Text.Json.Nodes;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Dht.Tests.Connecting;

/// <summary>Connects between our nodes and the reference's, over its network and over ours.</summary>
public sealed class ConnectInteropTests : IAsyncDisposable
{
    private const int Megabytes = 4;
    private const string Seed = "0101010101010101010101010101010101010101010101010101010101010101";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly List<DhtNode> _nodes = [];
    private readonly List<JsPeer> _peers = [];
    private readonly KeyPair _ours = KeyPair.Generate(SystemRandom.Instance);

    public enum Network
    {
        Reference,
        Ours,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Network.Reference, true)]
    [InlineData(Network.Reference, false)]
    [InlineData(Network.Ours, true)]
    [InlineData(Network.Ours, false)]
    public async Task Connect_ReferenceServer_EchoesMegabytes(Network network, bool lan)
    {
        var (js, bootstrap) = await StartAsync(network);
        var key = await ListenAsync(js);
        var node = await NodeAsync(bootstrap);
        await using var connection = await node.ConnectAsync(key, new DhtConnectOptions { KeyPair = _ours, UsesLan = lan }, Token).AsTask().WaitAsync(Patience, Token);
        await EchoAsync(connection);
        Assert.Equal(Convert.ToHexStringLower(_ours.PublicKey.Value.AsSpan()), (await js.NextAsync("connection")).GetProperty("key").GetString());
    }

    [Theory]
    [InlineData(Network.Reference, true)]
    [InlineData(Network.Reference, false)]
    [InlineData(Network.Ours, true)]
    [InlineData(Network.Ours, false)]
    public async Task Listen_ReferenceClient_EchoesMegabytes(Network network, bool lan)
    {
        var (js, bootstrap) = await StartAsync(network);
        var node = await NodeAsync(bootstrap);
        await using var server = node.CreateServer();
        await server.ListenAsync(_ours, Token).AsTask().WaitAsync(Patience, Token);
        await ConnectAsync(js, lan);
        await using var connection = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        var echoing = EchoBackAsync(connection);
        Assert.Equal(Megabytes << 20, (await js.NextAsync("echoed")).GetProperty("bytes").GetInt32());
        await connection.DisposeAsync();
        await echoing;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Connect_OurNodesOnly_EchoesMegabytes(bool isOpen)
    {
        var bootstrap = await NetworkAsync();
        await using var server = (await NodeAsync(bootstrap, isOpen)).CreateServer();
        await server.ListenAsync(_ours, Token).AsTask().WaitAsync(Patience, Token);
        var client = await NodeAsync(bootstrap);
        await using var connection = await client.ConnectAsync(_ours.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        await using var accepted = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        var echoing = EchoBackAsync(accepted);
        await EchoAsync(connection);
        await connection.DisposeAsync();
        await echoing;
    }

    [Fact]
    public async Task Connect_ReferenceServerKilledAndRestarted_EndsWithPeerMovedAndCanBeMadeAgain()
    {
        var (js, bootstrap) = await StartAsync(Network.Ours);
        var again = JsPeer.Start("connect-peer.cjs", bootstrap.ToString());
        _peers.Add(again);
        await again.NextAsync("ready");
        var key = await ListenAsync(js);
        var node = await NodeAsync(bootstrap);
        await using var connection = await node.ConnectAsync(key, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        await js.NextAsync("connection");

        await js.DisposeAsync();
        _peers.Remove(js);
        await ListenAsync(again);
        var reason = await connection.Stream.Closed.WaitAsync(Patience, Token);
        Assert.Equal(CloseKind.PeerMoved, reason.Kind);
        await using var second = await node.ConnectAsync(key, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(key, second.RemotePublicKey);
    }

    [Theory]
    [InlineData(Network.Reference)]
    [InlineData(Network.Ours)]
    public async Task Connect_UnknownKey_ThrowsPeerNotFound(Network network)
    {
        var (_, bootstrap) = await StartAsync(network);
        var node = await NodeAsync(bootstrap);
        await Assert.ThrowsAsync<PeerNotFoundException>(async () => await node.ConnectAsync(_ours.PublicKey, cancellationToken: Token));
    }

    [Fact]
    public async Task Connect_ReferenceServerRefuses_ThrowsPeerConnectionFailed()
    {
        var (js, bootstrap) = await StartAsync(Network.Reference);
        var key = await ListenAsync(js, refuse: true);
        var node = await NodeAsync(bootstrap);
        var error = await Assert.ThrowsAsync<PeerConnectFailedException>(async () => await node.ConnectAsync(key, cancellationToken: Token));
        Assert.Equal("PEER_CONNECTION_FAILED", error.Code);
    }

    [Fact]
    public async Task Listen_WeRefuseReferenceClient_ItFailsAndWeSeeNothing()
    {
        var (js, bootstrap) = await StartAsync(Network.Reference);
        await using var server = (await NodeAsync(bootstrap)).CreateServer(new DhtServerOptions { Firewall = (_, _) => true });
        await server.ListenAsync(_ours, Token).AsTask().WaitAsync(Patience, Token);
        await ConnectAsync(js, true);
        Assert.Equal("PEER_CONNECTION_FAILED", (await js.NextAsync("failed")).GetProperty("code").GetString());
        Assert.False(server.Connections.TryRead(out _));
    }

    [Fact]
    public async Task Dispose_OurServer_ReferenceNoLongerFindsIt()
    {
        var (js, bootstrap) = await StartAsync(Network.Reference);
        var server = (await NodeAsync(bootstrap)).CreateServer();
        await server.ListenAsync(_ours, Token).AsTask().WaitAsync(Patience, Token);
        await server.DisposeAsync();
        await ConnectAsync(js, true);
        Assert.Equal("PEER_NOT_FOUND", (await js.NextAsync("failed")).GetProperty("code").GetString());
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var node in Enumerable.Reverse(_nodes)) await node.DisposeAsync();
        foreach (var peer in _peers) await peer.DisposeAsync();
        _ours.Dispose();
    }

    private static async Task<PublicKey> ListenAsync(JsPeer js, bool refuse = false)
    {
        await js.SendAsync(new JsonObject { ["do"] = "server", ["seed"] = Seed, ["refuse"] = refuse });
        return new PublicKey((await js.NextAsync("listening")).Bytes("key"));
    }

    private static async Task EchoAsync(DhtConnection connection)
    {
        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < Megabytes * 16; i++) await connection.Stream.WriteAsync(Message(i), Token);
        });
        for (var i = 0; i < Megabytes * 16; i++)
        {
            var result = await connection.Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
            Assert.False(result.IsCompleted);
            Assert.True(result.Message.Span.SequenceEqual(Message(i)));
        }

        await sending;
    }

    private static byte[] Message(int number)
    {
        var message = new byte[65_536];
        Array.Fill(message, (byte)number);
        return message;
    }

    private static async Task EchoBackAsync(DhtConnection connection)
    {
        while (await connection.Stream.ReadAsync(Token) is { IsCompleted: false } result) await connection.Stream.WriteAsync(result.Message.ToArray(), Token);
    }

    private async Task ConnectAsync(JsPeer js, bool lan) => await js.SendAsync(new JsonObject
    {
        ["do"] = "connect",
        ["key"] = Convert.ToHexStringLower(_ours.PublicKey.Value.AsSpan()),
        ["total"] = Megabytes << 20,
        ["lan"] = lan,
    });

    private async Task<(JsPeer Js, UdpAddress Bootstrap)> StartAsync(Network network)
    {
        var ours = network == Network.Ours ? await NetworkAsync() : default(UdpAddress?);
        var js = ours is { } given ? JsPeer.Start("connect-peer.cjs", given.ToString()) : JsPeer.Start("connect-peer.cjs");
        _peers.Add(js);
        var ready = await js.NextAsync("ready");
        Assert.True(UdpAddress.TryParse(ready.GetProperty("bootstrap")[0].GetString(), out var bootstrap));
        return (js, bootstrap);
    }

    private async Task<UdpAddress> NetworkAsync()
    {
        var first = await NodeAsync(null, true);
        for (var i = 0; i < 4; i++) await NodeAsync(first.LocalAddress, true);
        return first.LocalAddress;
    }

    private async Task<DhtNode> NodeAsync(UdpAddress? bootstrap, bool isOpen = false)
    {
        var options = new DhtOptions
        {
            Host = IPAddress.Loopback,
            Port = 0,
            Bootstrap = bootstrap is { } given ? [given] : [],
            Ephemeral = !isOpen,
            IsFirewalled = !isOpen,
        };
        var node = await DhtNode.StartAsync(options, Token);
        _nodes.Add(node);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        return node;
    }
}
