using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.SecretStream;

namespace Nashi.Swarm.Tests;

public sealed class SwarmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Topic Topic = new([.. Enumerable.Repeat((byte)9, 32)]);

    private readonly FakeWorld _world = new();

    [Fact]
    public async Task Join_TwoPeersAtOnce_EachGetsOneConnection()
    {
        await using var a = Make();
        await using var b = Make();
        a.Join(Topic);
        b.Join(Topic);
        var (atA, atB) = (await NextAsync(a), await NextAsync(b));
        Assert.Equal(b.PublicKey, atA.RemotePublicKey);
        Assert.Equal(a.PublicKey, atB.RemotePublicKey);
        await a.FlushAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Single(a.Current);
    }

    [Fact]
    public async Task Join_ServerAndClientOnly_ClientKnowsTheTopic()
    {
        await using var a = Make();
        await using var b = Make();
        await a.Join(Topic, server: true, client: false).FlushedAsync(Token).AsTask().WaitAsync(Patience, Token);
        b.Join(Topic, server: false, client: true);
        var connection = await NextAsync(b);
        Assert.True(connection.IsInitiator);
        Assert.Equal([Topic], connection.Topics);
        Assert.False((await NextAsync(a)).IsInitiator);
        Assert.False(_world.IsAnnounced(Topic, b.PublicKey));
    }

    [Fact]
    public async Task Leave_LastServerSession_WithdrawsTheAnnouncement()
    {
        await using var a = Make();
        var first = a.Join(Topic);
        var second = a.Join(Topic);
        Assert.True(await first.FlushedAsync(Token));
        Assert.True(_world.IsAnnounced(Topic, a.PublicKey));
        await first.LeaveAsync(Token);
        Assert.True(_world.IsAnnounced(Topic, a.PublicKey));
        await second.LeaveAsync(Token);
        Assert.False(_world.IsAnnounced(Topic, a.PublicKey));
        a.Join(Topic);
        await a.FlushAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(_world.IsAnnounced(Topic, a.PublicKey));
        await a.LeaveAsync(Topic, Token);
        Assert.False(_world.IsAnnounced(Topic, a.PublicKey));
    }

    [Fact]
    public async Task JoinPeer_ConnectionDropped_ConnectsAgain()
    {
        await using var a = Make();
        await using var b = Make();
        await a.ListenAsync(Token);
        b.JoinPeer(a.PublicKey);
        for (var i = 0; i < 2; i++)
        {
            var connection = await NextAsync(b);
            Assert.Equal(a.PublicKey, connection.RemotePublicKey);
            (await NextAsync(a)).Stream.Abort(CloseReason.Local);
        }
    }

    [Fact]
    public async Task Suspend_ThenResume_ClosesAndConnectsAgainAndSaysSo()
    {
        await using var a = Make();
        await using var b = Make();
        var events = new List<SwarmEventKind>();
        var listening = ListenAsync(b, events);
        a.Join(Topic);
        b.Join(Topic);
        await NextAsync(b);
        await b.SuspendAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.True(b.IsSuspended);
        Assert.False(_world.IsAnnounced(Topic, b.PublicKey));
        await b.ResumeAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Equal(a.PublicKey, (await NextAsync(b)).RemotePublicKey);
        await b.DisposeAsync();
        await listening.WaitAsync(Patience, Token);
        Assert.Contains(SwarmEventKind.Found, events);
        Assert.Contains(SwarmEventKind.Closed, events);
        Assert.Equal(2, events.Count(kind => kind == SwarmEventKind.Connected));
        Assert.True(events.IndexOf(SwarmEventKind.Suspended) < events.IndexOf(SwarmEventKind.Resumed));
    }

    private static async Task ListenAsync(Swarm swarm, List<SwarmEventKind> events)
    {
        await foreach (var happened in swarm.EventsAsync(Token)) events.Add(happened.Kind);
    }

    [Fact]
    public async Task JoinPeer_BothSides_OneConnectionStays()
    {
        await using var a = Make();
        await using var b = Make();
        await a.ListenAsync(Token);
        await b.ListenAsync(Token);
        a.JoinPeer(b.PublicKey);
        b.JoinPeer(a.PublicKey);
        var greeting = GreetAllAsync(b);
        while ((await (await NextAsync(a)).Stream.ReadAsync(Token).AsTask().WaitAsync(Patience, Token)).IsCompleted)
        {
            // One of two that crossed: the other one stays.
        }

        Assert.Single(a.Current);
        Assert.Single(b.Current);
        await b.DisposeAsync();
        await greeting.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Firewall_Refuses_NobodyConnects()
    {
        await using var a = Make(new SwarmOptions { Firewall = _ => true });
        await using var b = Make();
        await a.ListenAsync(Token);
        b.JoinPeer(a.PublicKey);
        await b.FlushAsync(Token).AsTask().WaitAsync(Patience, Token);
        Assert.Empty(b.Current);
        Assert.True(_world.Attempts > 0);
    }

    [Fact]
    public async Task Dispose_EndsEverything()
    {
        var a = Make();
        await using var b = Make();
        a.Join(Topic);
        b.Join(Topic);
        await NextAsync(a);
        var atB = await NextAsync(b);
        await a.DisposeAsync();
        await a.DisposeAsync();
        await atB.Stream.Closed.WaitAsync(Patience, Token);
        Assert.False(_world.IsAnnounced(Topic, a.PublicKey));
        await a.Connections.Completion.WaitAsync(Patience, Token);
        Assert.Throws<ObjectDisposedException>(() => a.Join(Topic));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static async Task<SwarmConnection> NextAsync(Swarm swarm) => await swarm.Connections.ReadAsync(Token).AsTask().WaitAsync(Patience, Token);

    private static async Task GreetAllAsync(Swarm swarm)
    {
        await foreach (var connection in swarm.Connections.ReadAllAsync(Token)) connection.Stream.Write(new byte[] { 1 });
    }

    private Swarm Make(SwarmOptions? options = null) =>
        new(_world.Join(), KeyPair.Generate(SystemRandom.Instance), options ?? SwarmOptions.Default);
}
