using System.Net;
using Nashi.Dht;
using Nashi.Encoding;
using Nashi.Lan;

namespace Nashi.Swarm.Tests;

/// <summary>Swarms whose nodes have nobody but their neighbours.</summary>
public sealed class LanTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    // A port of its own for each test, away from real multicast DNS and from each other.
    private static int s_port = 40_000 + (Environment.ProcessId % 20_000);

    private readonly LanOptions _lan = new() { IsLoopbackOnly = true, Port = Interlocked.Increment(ref s_port) };

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Join_NobodyButNeighbours_FindsThemByTopic(bool serverIsFirst)
    {
        var topic = new Topic(new Bytes32([.. Enumerable.Range(1, 32).Select(i => (byte)i)]));
        await using var nodeA = await StartAsync();
        await using var nodeB = await StartAsync();
        await using var a = new Swarm(nodeA);
        await using var b = new Swarm(nodeB);

        var first = serverIsFirst ? a.Join(topic, client: false) : b.Join(topic, server: false);
        // The round of whoever is first is over, in vain, before the other comes.
        if (!serverIsFirst) await first.FlushedAsync().AsTask().WaitAsync(Patience);
        _ = serverIsFirst ? b.Join(topic, server: false) : a.Join(topic, client: false);

        var found = await b.Connections.ReadAsync().AsTask().WaitAsync(Patience);
        var accepted = await a.Connections.ReadAsync().AsTask().WaitAsync(Patience);
        Assert.Equal((a.PublicKey, ConnectionKind.Lan), (found.RemotePublicKey, found.Kind));
        Assert.Equal(b.PublicKey, accepted.RemotePublicKey);
    }

    private ValueTask<DhtNode> StartAsync() => DhtNode.StartAsync(new DhtOptions
    {
        Bootstrap = [],
        Ephemeral = true,
        Host = IPAddress.Loopback,
        Port = 0,
        Lan = _lan,
    });
}
