using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.TestKit;
using Nashi.Testing;
using Nashi.Udx;

namespace Nashi.Dht.Tests.Life;

/// <summary>Nodes that are suspended, restarted and offline, on real sockets.</summary>
public sealed class NodeLifeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Suspend_ThenResume_TheServerIsFoundAgainAtTheSamePort()
    {
        await using var network = await TestNetwork.CreateAsync(cancellationToken: Token);
        var (host, client) = (await network.AddNodeAsync(cancellationToken: Token), await network.AddNodeAsync(cancellationToken: Token));
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        var server = host.CreateServer();
        await server.ListenAsync(pair, Token).AsTask().WaitAsync(Patience, Token);
        var first = await client.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        // The other end knows of it: only then can it say goodbye.
        await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);
        var port = host.LocalAddress.Port;

        await host.SuspendAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(host.IsSuspended);
        Assert.False(server.IsListening);
        await first.Stream.Closed.WaitAsync(Patience, Token);
        var error = await Assert.ThrowsAsync<NodeSuspendedException>(async () => await host.ConnectAsync(pair.PublicKey, cancellationToken: Token));
        Assert.Equal("SUSPENDED", error.Code);
        await Assert.ThrowsAsync<PeerNotFoundException>(async () => await client.ConnectAsync(pair.PublicKey, new DhtConnectOptions { KnownRelays = [] }, Token));

        await host.ResumeAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(port, host.LocalAddress.Port);
        Assert.True(server.IsListening);
        await using var second = await client.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(pair.PublicKey, second.RemotePublicKey);
        await second.DisposeAsync();
        await host.DisposeAsync();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task Restart_WithTheBootstrapNodeDead_PeersThatMetBeforeMeetAgain()
    {
        using var folder = new TempFolder();
        var network = await TestNetwork.CreateAsync(5, cancellationToken: Token);
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        await using (var host = await RememberingAsync(network, folder, "a"))
        await using (var client = await RememberingAsync(network, folder, "b"))
        {
            await using var server = host.CreateServer();
            await server.ListenAsync(pair, Token).AsTask().WaitAsync(Patience, Token);
            await using var connection = await client.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        }

        await network.Nodes[0].DisposeAsync();
        await using var hostAgain = await RememberingAsync(network, folder, "a");
        await using var clientAgain = await RememberingAsync(network, folder, "b");
        await using var serverAgain = hostAgain.CreateServer();
        await serverAgain.ListenAsync(pair, Token).AsTask().WaitAsync(Patience, Token);
        await using var again = await clientAgain.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(pair.PublicKey, again.RemotePublicKey);
        await network.DisposeAsync();
    }

    [Fact]
    public async Task Admit_PeerWithAConnection_ItsSocketKnocksThereAndNowhereElse()
    {
        await using var network = await TestNetwork.CreateAsync(cancellationToken: Token);
        var (host, client) = (await network.AddNodeAsync(cancellationToken: Token), await network.AddNodeAsync(cancellationToken: Token));
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        var server = host.CreateServer();
        await server.ListenAsync(pair, Token).AsTask().WaitAsync(Patience, Token);
        await using var ours = await client.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token);
        await using var theirs = await server.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

        await using var elsewhere = new UdxHost();
        var (at, other) = (elsewhere.Bind(UdpAddress.FromIPv4(0x7f000001, 0)), elsewhere.Bind(UdpAddress.FromIPv4(0x7f000001, 0)));
        var (knock, strays) = (new TaskCompletionSource<(int Length, UdpAddress From)>(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        at.SetDatagramHandler((_, bytes, from) => knock.TrySetResult((bytes.Length, from)));
        other.SetDatagramHandler((_, _, _) => strays++);
        ((IConnectNode)host).Admit(pair.PublicKey, other.LocalAddress);
        ((IConnectNode)client).Admit(pair.PublicKey, other.LocalAddress);
        ((IConnectNode)host).Admit(client.DefaultKeyPair.PublicKey, at.LocalAddress);
        Assert.Equal((1, theirs.Raw.Socket!.LocalAddress.Port), await knock.Task.WaitAsync(Patience, Token) is var (length, from) ? (length, from.Port) : default);
        Assert.Equal(0, strays);
        Assert.Equal(0, theirs.Raw.Moves);
    }

    [Fact]
    public async Task Connect_WhenNobodyAnswers_SaysThatTheNetworkIsUnreachable()
    {
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = [UdpAddress.FromIPv4(0x7f000001, 9)] }, Token);
        using var pair = KeyPair.Generate(SystemRandom.Instance);
        var error = await Assert.ThrowsAsync<NetworkUnreachableException>(async () => await node.ConnectAsync(pair.PublicKey, cancellationToken: Token).AsTask().WaitAsync(Patience, Token));
        Assert.Equal("NETWORK_UNREACHABLE", error.Code);
        Assert.True(error.IsTransient);
    }

    [Fact]
    public async Task Start_BootstrapByName_IsResolvedInTheBackground()
    {
        await using var network = await TestNetwork.CreateAsync(cancellationToken: Token);
        await using var node = await DhtNode.StartAsync(
            new DhtOptions { Host = IPAddress.Loopback, Port = 0, Bootstrap = [], BootstrapNames = [$"localhost:{network.Nodes[0].LocalAddress.Port}"], Ephemeral = true }, Token);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.NotEqual(0, node.GetStats().Answered);
        await Assert.ThrowsAsync<InvalidBootstrapException>(async () => await DhtNode.StartAsync(new DhtOptions { BootstrapNames = ["nonsense"] }, Token));
    }

    private static async Task<DhtNode> RememberingAsync(TestNetwork network, TempFolder folder, string name)
    {
        var node = await network.AddNodeAsync(new DhtOptions { Ephemeral = true, Cache = new FileNodeCache(Path.Combine(folder.Path, name)) }, Token);
        await node.BootstrappedAsync(Token).AsTask().WaitAsync(Patience, Token);
        return node;
    }
}
