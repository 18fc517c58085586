using Nashi.Encoding;
using Nashi.Protomux.Wakeup;
using Nashi.SecretStream;
using Nashi.Testing;

namespace Nashi.Protomux.Tests.Wakeup;

public sealed class WakeupSwarmTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly CoreKey Key = new(Enumerable.Repeat((byte)7, 32).ToArray());

    [Fact]
    public async Task Session_BothSides_TellEachOther()
    {
        await using var streams = MessageStreamPair.CreateInMemory();
        await using var a = new Mux(streams.Initiator);
        await using var b = new Mux(streams.Responder);
        using var left = new WakeupSwarm();
        using var right = new WakeupSwarm();
        left.AddStream(a);
        right.AddStream(b);
        var (mine, theirs) = (new WakeupRecorder(), new WakeupRecorder());
        using var session = left.CreateSession(Key, mine);
        using var other = right.CreateSession(Key, theirs);
        a.Start();
        b.Start();
        Assert.Equal("added", await mine.NextAsync());
        Assert.Equal("active", await mine.NextAsync());
        Assert.Equal("added", await theirs.NextAsync());
        Assert.Equal("active", await theirs.NextAsync());
        session.BroadcastLookup();
        Assert.Equal("lookup all", await theirs.NextAsync());
        session.BroadcastLookup(Key.Value);
        Assert.Equal("lookup 7", await theirs.NextAsync());
        other.GetPeer(b)!.Announce(new WakeupWriter(Key, 5), new WakeupWriter(Key, 9));
        Assert.Equal("announce 7:5 7:9", await mine.NextAsync());
        session.SetActive(false);
        Assert.Equal("inactive", await theirs.NextAsync());
        session.SetActive(true);
        Assert.Equal("active", await theirs.NextAsync());
        await a.DisposeAsync();
        Assert.Equal("inactive", await theirs.NextAsync());
        Assert.Equal("removed", await theirs.NextAsync());
        right.Dispose();
        Assert.Equal("closed", await theirs.NextAsync());
    }

    [Fact]
    public async Task Session_OtherKeySameTopic_IsRefused()
    {
        await using var streams = MessageStreamPair.CreateInMemory();
        await using var a = new Mux(streams.Initiator);
        await using var b = new Mux(streams.Responder);
        using var left = new WakeupSwarm();
        using var right = new WakeupSwarm();
        left.AddStream(a);
        right.AddStream(b);
        var topic = new DiscoveryKey(Enumerable.Repeat((byte)1, 32).ToArray());
        using var session = left.CreateSession(Key, new WakeupRecorder(), topic: topic);
        using var other = right.CreateSession(new CoreKey(Enumerable.Repeat((byte)8, 32).ToArray()), new WakeupRecorder(), topic: topic);
        var probe = new Recorder();
        _ = a.TryOpen(new() { Protocol = "probe", Handler = probe });
        a.Start();
        b.Start();
        Assert.Equal("close remote", await probe.NextAsync());
        Assert.Empty(session.Peers);
        Assert.Empty(other.Peers);
        Assert.False(a.Closed.IsCompleted);
    }

    [Fact]
    public async Task UnknownTopic_Asked_MayMakeASession()
    {
        await using var streams = MessageStreamPair.CreateInMemory();
        await using var a = new Mux(streams.Initiator);
        await using var b = new Mux(streams.Responder);
        using var left = new WakeupSwarm();
        var theirs = new WakeupRecorder();
        WakeupSwarm? right = null;
        right = new WakeupSwarm(new()
        {
            OnUnknownTopic = (_, _) =>
            {
                _ = right!.CreateSession(Key, theirs);
                return default;
            },
        });
        left.AddStream(a);
        right.AddStream(b);
        using var session = left.CreateSession(Key, new WakeupRecorder());
        a.Start();
        b.Start();
        Assert.Equal("added", await theirs.NextAsync());
        right.Dispose();
    }

    [Fact]
    public async Task Topic_Idle_ClosesOnTimeAndNotWhenUsedAgain()
    {
        var clock = new VirtualClock();
        await using var streams = MessageStreamPair.CreateInMemory();
        await using var a = new Mux(streams.Initiator);
        await using var b = new Mux(streams.Responder);
        using var left = new WakeupSwarm(new() { TimeProvider = clock });
        using var right = new WakeupSwarm();
        left.AddStream(a);
        right.AddStream(b);
        var theirs = new WakeupRecorder();
        var session = left.CreateSession(Key, new WakeupRecorder());
        using var other = right.CreateSession(Key, theirs, isActive: false);
        a.Start();
        b.Start();
        Assert.Equal("added", await theirs.NextAsync());
        Assert.Equal("active", await theirs.NextAsync());
        session.Dispose();
        session.Dispose();
        Assert.Equal("inactive", await theirs.NextAsync());
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, left.TopicCount);
        using (left.CreateSession(Key, new WakeupRecorder()))
        {
            Assert.Equal("active", await theirs.NextAsync());
            clock.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal(1, left.TopicCount);
        }

        Assert.Equal("inactive", await theirs.NextAsync());
        clock.Advance(TimeSpan.FromSeconds(9));
        Assert.Equal(1, left.TopicCount);
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, left.TopicCount);
        Assert.Equal("removed", await theirs.NextAsync());
        Assert.Null(clock.NextTimer);
    }

    [Fact]
    public async Task Remote_SendsNonsense_OnlyTheChannelCloses()
    {
        await using var streams = MessageStreamPair.CreateInMemory();
        await using var a = new Mux(streams.Initiator);
        using var left = new WakeupSwarm();
        left.AddStream(a);
        using var session = left.CreateSession(Key, new WakeupRecorder());
        a.Start();
        var open = (await streams.Responder.ReadAsync().AsTask().WaitAsync(Patience)).Message.ToArray();
        _ = streams.Responder.Write(open);
        var closed = (await streams.Responder.ReadAsync().AsTask().WaitAsync(Patience)).Message.ToArray();
        Assert.Equal([0, 3, 1], closed);
        Assert.Empty(session.Peers);
        Assert.False(a.Closed.IsCompleted);
    }
}
