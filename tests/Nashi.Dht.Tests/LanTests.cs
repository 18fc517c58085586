using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Lan;

namespace Nashi.Dht.Tests;

/// <summary>Nodes that have nobody but their neighbours: the bootstrap node does not answer.</summary>
public sealed class LanTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A port of its own for each test, away from real multicast DNS and from each other.
    private static int s_port = 20_000 + (Environment.ProcessId % 20_000);

    private readonly LanOptions _lan = new() { IsLoopbackOnly = true, Port = Interlocked.Increment(ref s_port) };

    [Fact]
    public async Task ConnectAsync_PeerOnLanOnly_IsFoundByKey()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        using var keys = KeyPair.Generate(SystemRandom.Instance);
        await using var server = a.CreateServer();
        var listening = server.ListenAsync(keys).AsTask();

        await using var connection = await b.ConnectAsync(keys.PublicKey).AsTask().WaitAsync(Patience);
        await using var accepted = await server.Connections.ReadAsync().AsTask().WaitAsync(Patience);
        await listening.WaitAsync(Patience);

        Assert.Equal((ConnectionKind.Lan, keys.PublicKey, a.LocalAddress.Port), (connection.Kind, connection.RemotePublicKey, connection.RemoteAddress.Port));
        Assert.Equal(b.DefaultKeyPair.PublicKey, accepted.RemotePublicKey);
    }

    [Fact]
    public async Task ConnectAsync_NotToUseTheLan_DoesNotFindThePeer()
    {
        await using var a = await StartAsync();
        await using var b = await StartAsync();
        using var keys = KeyPair.Generate(SystemRandom.Instance);
        await using var server = a.CreateServer();
        var listening = server.ListenAsync(keys).AsTask();

        await Assert.ThrowsAsync<PeerNotFoundException>(() => b.ConnectAsync(keys.PublicKey, new DhtConnectOptions { UsesLan = false }).AsTask().WaitAsync(Patience));
        await listening.WaitAsync(Patience);
    }

    [Fact]
    public async Task Lan_NodeThatServes_IsMetWithoutAnyBootstrapNode()
    {
        await using var a = await DhtNode.StartAsync(new DhtOptions { Bootstrap = [], Host = IPAddress.Loopback, Port = 0, IsFirewalled = false, Ephemeral = false, Lan = _lan });
        await using var b = await StartAsync();
        using var timeout = new CancellationTokenSource(Patience);
        while (!await TryPutAsync(b, timeout.Token)) timeout.Token.ThrowIfCancellationRequested();

        Assert.Equal(1, b.GetStats().KnownNodes);
    }

    private static async Task<bool> TryPutAsync(DhtNode node, CancellationToken cancellationToken)
    {
        try
        {
            _ = await node.ImmutablePutAsync(new byte[] { 1, 2, 3 }, cancellationToken);
            return true;
        }
        catch (DhtRequestFailedException)
        {
            return false;
        }
    }

    private ValueTask<DhtNode> StartAsync() => DhtNode.StartAsync(new DhtOptions
    {
        // Discard: nobody answers there.
        Bootstrap = [UdpAddress.FromIPv4(0x7f000001, 9)],
        Host = IPAddress.Loopback,
        Port = 0,
        Lan = _lan,
    });
}
