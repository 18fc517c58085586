using System.Net;
using Nashi.Cryptography;
using Nashi.Datagrams;
using Nashi.Encoding;
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
        var sw = System.Diagnostics.Stopwatch.StartNew();
        var listening = server.ListenAsync(keys).AsTask();

        await using var connection = await b.ConnectAsync(keys.PublicKey).AsTask().WaitAsync(Patience);
        TestContext.Current.SendDiagnosticMessage($"connected {sw.ElapsedMilliseconds}");
        await using var accepted = await server.Connections.ReadAsync().AsTask().WaitAsync(Patience);
        await listening;
        TestContext.Current.SendDiagnosticMessage($"listening {sw.ElapsedMilliseconds}");

        Assert.Equal(ConnectionKind.Lan, connection.Kind);
        Assert.Equal(keys.PublicKey, connection.RemotePublicKey);
        Assert.Equal(a.LocalAddress.Port, connection.RemoteAddress.Port);
        Assert.Equal(b.DefaultKeyPair.PublicKey, accepted.RemotePublicKey);
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
