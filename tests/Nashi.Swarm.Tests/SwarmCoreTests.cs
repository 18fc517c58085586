using CsCheck;
using Nashi.Encoding;
using Nashi.Swarm.Protocol;

namespace Nashi.Swarm.Tests;

public sealed class SwarmCoreTests
{
    private static readonly PublicKey Self = Key(128);
    private static readonly PublicKey Small = Key(1);
    private static readonly PublicKey Large = Key(255);
    private static readonly Topic Topic = new(Key(9).Value);

    private Instant _now = Instant.FromMilliseconds(1_000_000);

    [Fact]
    public void HandleFound_NewPeer_IsDialedOnce()
    {
        var core = Make();
        core.HandleFound(Small, [], Topic);
        core.HandleFound(Small, [], Topic);
        var dial = Assert.IsType<SwarmAction.Dial>(Assert.Single(Drain(core)));
        Assert.Equal(Small, dial.Peer);
        core.HandleDialed(dial.Id, _now);
        var deliver = Assert.IsType<SwarmAction.Deliver>(Assert.Single(Drain(core)));
        Assert.Equal([Topic], deliver.Topics);
    }

    [Fact]
    public void HandleFound_OurselvesOrBanned_IsIgnored()
    {
        var core = Make();
        core.Ban(Small);
        core.HandleFound(Small, [], Topic);
        core.HandleFound(Self, [], Topic);
        Assert.Empty(Drain(core));
        Assert.True(core.IsRefused(Self));
        core.HandleIncoming(Small, false);
        Assert.Equal(SwarmRefusal.Refused, Assert.IsType<SwarmAction.Close>(Assert.Single(Drain(core))).Why);
    }

    [Fact]
    public void HandleFound_ManyPeers_DialsThreeAtOnceUpToTheLimit()
    {
        var core = Make(new SwarmLimits { MaxPeers = 5 });
        for (byte i = 1; i <= 20; i++) core.HandleFound(Key(i), [], Topic);
        var open = 0;
        for (var dials = Drain(core); dials.Count > 0; dials = Drain(core))
        {
            Assert.InRange(dials.OfType<SwarmAction.Dial>().Count(), 0, 3);
            foreach (var dial in dials.OfType<SwarmAction.Dial>().ToArray())
            {
                core.HandleDialed(dial.Id, _now);
                open++;
            }
        }

        Assert.Equal(5, open);
    }

    [Fact]
    public void JoinPeer_NoRoom_IsDialedAllTheSame()
    {
        var core = Make(new SwarmLimits { MaxPeers = 1 });
        core.HandleFound(Small, [], Topic);
        core.HandleDialed(Dialed(core).Id, _now);
        Drain(core);
        core.HandleFound(Key(2), [], Topic);
        Assert.Empty(Drain(core));
        core.JoinPeer(Large);
        Assert.Equal(Large, Dialed(core).Peer);
    }

    [Fact]
    public void HandleClosed_UnprovenPeer_IsRetriedLaterAndLaterThenGivenUp()
    {
        var core = Make();
        core.HandleFound(Small, [], Topic);
        var waits = new List<double>();
        while (true)
        {
            core.HandleClosed(Dialed(core).Id, _now);
            if (core.NextTimeout == Instant.Never) break;
            waits.Add((core.NextTimeout - _now).TotalSeconds);
            _now = core.NextTimeout;
            core.HandleTimeout(_now);
        }

        Assert.Equal(3, waits.Count);
        Assert.InRange(waits[0], 5 * 0.66, 5 * 1.33);
        Assert.InRange(waits[1], 15 * 0.66, 15 * 1.33);
        Assert.InRange(waits[2], 15 * 0.66, 15 * 1.33);
        Assert.Equal(0, core.KnownPeers);
        core.HandleFound(Small, [], Topic);
        Assert.Equal(Small, Dialed(core).Peer);
    }

    [Fact]
    public void HandleClosed_ConnectionThatHeld_IsRetriedAtOnce()
    {
        var core = Make();
        core.HandleFound(Small, [], Topic);
        for (var i = 0; i < 10; i++)
        {
            var id = Dialed(core).Id;
            core.HandleDialed(id, _now);
            Drain(core);
            _now += TimeSpan.FromSeconds(15);
            core.HandleClosed(id, _now);
            Assert.InRange((core.NextTimeout - _now).TotalSeconds, 0.66, 1.33);
            _now = core.NextTimeout;
            core.HandleTimeout(_now);
        }
    }

    [Fact]
    public void HandleClosed_ExplicitPeer_IsNeverGivenUp()
    {
        var core = Make();
        core.JoinPeer(Small);
        for (var i = 0; i < 20; i++)
        {
            core.HandleClosed(Dialed(core).Id, _now);
            _now = core.NextTimeout;
            core.HandleTimeout(_now);
        }

        core.LeavePeer(Small);
        core.HandleClosed(Dialed(core).Id, _now);
        Assert.Equal(Instant.Never, core.NextTimeout);
        Assert.Equal(0, core.KnownPeers);
    }

    [Fact]
    public void HandleClosed_TopicLeft_IsNotRetried()
    {
        var core = Make();
        core.HandleFound(Small, [], Topic);
        core.RemoveTopic(Topic);
        core.HandleClosed(Dialed(core).Id, _now);
        Assert.Equal(Instant.Never, core.NextTimeout);
    }

    [Fact]
    public void HandleIncoming_CrossesOurDial_TheLargerKeysStays()
    {
        var core = Make();
        core.HandleFound(Small, [], Topic);
        var ours = Dialed(core);
        var theirs = core.HandleIncoming(Small, false);
        var actions = Drain(core);
        Assert.Equal(theirs, actions.OfType<SwarmAction.Close>().Single().Id);
        Assert.Equal(ours.Id, actions.OfType<SwarmAction.Probe>().Single().Id);

        core.HandleFound(Large, [], Topic);
        ours = Dialed(core);
        theirs = core.HandleIncoming(Large, false);
        Assert.Equal(ours.Id, Assert.IsType<SwarmAction.Close>(Assert.Single(Drain(core))).Id);
        core.HandleClosed(ours.Id, _now);
        Assert.Equal(theirs, Assert.IsType<SwarmAction.Deliver>(Assert.Single(Drain(core))).Id);
    }

    [Fact]
    public void HandleIncoming_ExistingCarriedBytesBothWays_IsReplaced()
    {
        var core = Make();
        var first = core.HandleIncoming(Small, false);
        Assert.IsType<SwarmAction.Deliver>(Assert.Single(Drain(core)));
        var second = core.HandleIncoming(Small, true);
        Assert.Equal(first, Assert.IsType<SwarmAction.Close>(Assert.Single(Drain(core))).Id);
        var third = core.HandleIncoming(Small, true);
        Assert.Equal(second, Assert.IsType<SwarmAction.Close>(Assert.Single(Drain(core))).Id);
        core.HandleClosed(first, _now);
        Assert.Equal(third, Assert.IsType<SwarmAction.Deliver>(Assert.Single(Drain(core))).Id);
        Assert.Equal(1, core.Count);
    }

    [Fact]
    public void HandleIncoming_SuccessorDiesFirst_LeavesNothing()
    {
        var core = Make();
        var first = core.HandleIncoming(Small, false);
        var second = core.HandleIncoming(Small, true);
        Drain(core);
        core.HandleClosed(second, _now);
        core.HandleClosed(first, _now);
        Assert.Empty(Drain(core));
        Assert.Equal(0, core.Count);
    }

    [Fact]
    public void HandleIncoming_ServerLimit_IsKept()
    {
        var core = Make(new SwarmLimits { MaxServerConnections = 1 });
        core.HandleIncoming(Small, false);
        core.HandleIncoming(Large, false);
        Assert.Equal(SwarmRefusal.Full, Drain(core).OfType<SwarmAction.Close>().Single().Why);
    }

    [Fact]
    public void StartFlush_WaitsForWhatIsQueuedAndDialing()
    {
        var core = Make(new SwarmLimits { MaxParallel = 1 });
        core.StartFlush(1);
        Assert.Equal(1, Assert.IsType<SwarmAction.Flushed>(Assert.Single(Drain(core))).Flush);
        core.HandleFound(Small, [], Topic);
        core.HandleFound(Large, [], Topic);
        core.StartFlush(2);
        var dial = Dialed(core);
        core.HandleFound(Key(3), [], Topic);
        core.HandleClosed(dial.Id, _now);
        var actions = Drain(core);
        Assert.Empty(actions.OfType<SwarmAction.Flushed>());
        core.HandleDialed(actions.OfType<SwarmAction.Dial>().Single().Id, _now);
        actions = Drain(core);
        if (!actions.OfType<SwarmAction.Flushed>().Any())
        {
            // The peer found later came first: order within a priority is random.
            core.HandleDialed(actions.OfType<SwarmAction.Dial>().Single().Id, _now);
            actions = Drain(core);
        }

        Assert.Equal(2, actions.OfType<SwarmAction.Flushed>().Single().Flush);
    }

    [Fact]
    public void HandleFound_CrowdOfPeers_RemembersABoundedNumber()
    {
        var core = Make(new SwarmLimits { MaxKnownPeers = 100 });
        for (var i = 0; i < 10_000; i++) core.HandleFound(new PublicKey([.. BitConverter.GetBytes(i + 1), .. new byte[28]]), [], Topic);
        Assert.Equal(100, core.KnownPeers);
    }

    [Fact]
    public void Anything_InAnyOrder_KeepsOneDeliveredConnectionPerPeer() => Gen.UInt.Sample(
        seed =>
        {
            var random = (IRandom)new SeededRandom(seed);
            var core = new SwarmCore(new SwarmLimits { MaxPeers = 6 }, Self, random);
            core.AddTopic(Topic);
            var dialing = new Dictionary<long, PublicKey>();
            var incoming = new Dictionary<long, PublicKey>();
            var delivered = new Dictionary<long, PublicKey>();
            var now = Instant.FromMilliseconds(1);
            for (var step = 0; step < 300; step++)
            {
                now += TimeSpan.FromMilliseconds(random.Next(5_000));
                var key = Key((byte)(1 + (25 * random.Next(10))));
                switch (random.Next(7))
                {
                    case 0: core.HandleFound(key, [], Topic); break;
                    case 1: core.JoinPeer(key); break;
                    case 2: core.LeavePeer(key); break;
                    case 3: incoming[core.HandleIncoming(key, random.Next(2) == 0)] = key; break;
                    case 4 when dialing.Count > 0: core.HandleDialed(Pick(dialing, random), now); break;
                    case 5 when delivered.Count > 0: Forget(Pick(delivered, random)); break;
                    case 6 when dialing.Count > 0: Forget(Pick(dialing, random)); break;
                }

                core.HandleTimeout(now);
                Obey();
                Assert.Equal(delivered.Count, delivered.Values.Distinct().Count());
                Assert.True(core.NextTimeout > now);
            }

            void Forget(long id)
            {
                dialing.Remove(id);
                incoming.Remove(id);
                delivered.Remove(id);
                core.HandleClosed(id, now);
            }

            void Obey()
            {
                while (core.TryTake(out var action))
                {
                    if (action is SwarmAction.Dial dial) dialing.Add(dial.Id, dial.Peer);
                    if (action is SwarmAction.Deliver deliver)
                    {
                        delivered.Add(deliver.Id, dialing.Remove(deliver.Id, out var peer) ? peer : incoming[deliver.Id]);
                    }

                    if (action is SwarmAction.Close close) Forget(close.Id);
                }
            }
        },
        iter: 500);

    private static long Pick(Dictionary<long, PublicKey> from, IRandom random) => from.Keys.ElementAt(random.Next(from.Count));

    private static PublicKey Key(byte value) => new([.. Enumerable.Repeat(value, 32)]);

    private static SwarmCore Make(SwarmLimits? limits = null)
    {
        var core = new SwarmCore(limits ?? new SwarmLimits(), Self, new SeededRandom(1));
        core.AddTopic(Topic);
        return core;
    }

    private static List<SwarmAction> Drain(SwarmCore core)
    {
        var actions = new List<SwarmAction>();
        while (core.TryTake(out var action)) actions.Add(action);
        return actions;
    }

    private static SwarmAction.Dial Dialed(SwarmCore core) => Assert.Single(Drain(core).OfType<SwarmAction.Dial>());
}
