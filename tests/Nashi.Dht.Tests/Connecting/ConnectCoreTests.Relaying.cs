using Nashi.Cryptography;
using Nashi.Dht.Connecting;
using Nashi.Dht.Relaying;
using Nashi.Encoding;

namespace Nashi.Dht.Tests.Connecting;

/// <content>With blind relays: each order in which relay and direct path may come about, or not.</content>
public sealed partial class ConnectCoreTests
{
    private static readonly PublicKey s_ourRelay = KeyPair.FromSeed(Enumerable.Repeat((byte)1, 32).ToArray()).PublicKey;
    private static readonly PublicKey s_theirRelay = KeyPair.FromSeed(Enumerable.Repeat((byte)2, 32).ToArray()).PublicKey;
    private static readonly Nashi.Datagrams.UdpAddress s_punched = At("7.7.7.7:99");

    [Fact]
    public void Relay_First_ConnectsThereAndAPunchMovesIt()
    {
        var core = AgreeRelayed();
        core.HandleRelayed();
        var connect = Assert.IsType<ConnectAction.Connect>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Relay, ConnectionKind.Relayed), (connect.Socket, connect.Kind));
        Assert.True(core.IsUpgrading);
        core.HandlePunched(s_punched, default);
        var move = Assert.IsType<ConnectAction.Move>(Assert.Single(Drain(core)));
        Assert.Equal((ConnectSocket.Punch, s_punched, ConnectionKind.HolePunched), (move.Socket, move.To, move.Kind));
        Assert.True(core.IsDone);
    }

    [Fact]
    public void Relay_SoonAfterThePunch_ConnectsFirstAndThePunchMovesIt()
    {
        var core = AgreeRelayed();
        core.HandlePunched(s_punched, default);
        Assert.Empty(Drain(core));
        Assert.False(core.IsDone);
        core.HandleRelayed();
        var actions = Drain(core);
        Assert.Equal([typeof(ConnectAction.Connect), typeof(ConnectAction.Move)], actions.Select(action => action.GetType()));
        Assert.Equal(ConnectSocket.Relay, ((ConnectAction.Connect)actions[0]).Socket);
        Assert.Equal((ConnectSocket.Punch, s_punched), (((ConnectAction.Move)actions[1]).Socket, ((ConnectAction.Move)actions[1]).To));
        Assert.True(core.IsDone);
    }

    [Fact]
    public void Relay_LongAfterThePunch_IsKeptBesideIt()
    {
        var core = AgreeRelayed();
        core.HandlePunched(s_punched, default);
        Assert.Equal(default(Instant) + ConnectCore.RelayLead, core.NextTimeout);
        core.HandleTimeout(core.NextTimeout);
        Assert.Equal([typeof(ConnectAction.KeepRelay), typeof(ConnectAction.Connect)], Drain(core).Select(action => action.GetType()));
        core.HandleRelayed();
        core.HandleRelayFailed(default);
        Assert.Empty(Drain(core));
    }

    [Fact]
    public void Relay_FailsAfterThePunch_ConnectsDirectlyAtOnce()
    {
        var core = AgreeRelayed();
        core.HandlePunched(s_punched, default);
        core.HandleRelayFailed(default);
        Assert.Equal(ConnectionKind.HolePunched, Drain(core).OfType<ConnectAction.Connect>().Single().Kind);
        Assert.True(core.IsDone);
    }

    [Fact]
    public void Relay_WhilePunchWaits_AServerThatReachesUsIsTakenAtOnce()
    {
        var core = AgreeRelayed();
        core.HandlePunched(s_punched, default);
        core.HandleReached(s_punched);
        Assert.Equal(ConnectSocket.Reached, Drain(core).OfType<ConnectAction.Connect>().Single().Socket);
    }

    [Fact]
    public void Relay_NamedByTheServerAlone_IsDroppedAfterThePunchToo()
    {
        var core = Agree(Offer() with { RelayThrough = Theirs() });
        var pair = Drain(core).OfType<ConnectAction.Pair>().Single();
        Assert.Equal((s_theirRelay, false), (pair.At.PublicKey, pair.IsInitiator));
        core.HandlePunched(s_punched, default);
        core.HandleTimeout(core.NextTimeout);
        Assert.Equal(s_theirRelay, Assert.IsType<ConnectAction.KeepRelay>(Drain(core)[0]).Relay);
    }

    [Fact]
    public void Relay_FirstAndPunchFails_Stays()
    {
        var core = AgreeRelayed();
        core.HandleRelayed();
        Drain(core);
        core.HandlePunchFailed(ConnectFailure.HolepunchAborted);
        Assert.IsType<ConnectAction.Stay>(Assert.Single(Drain(core)));
        Assert.True(core.IsDone);
    }

    [Fact]
    public void Relay_AfterThePunchFailed_ConnectsAndStays()
    {
        var core = AgreeRelayed();
        core.HandlePunchFailed(ConnectFailure.HolepunchAborted);
        Assert.Empty(Drain(core));
        core.HandleRelayed();
        Assert.Equal([typeof(ConnectAction.Connect), typeof(ConnectAction.Stay)], Drain(core).Select(action => action.GetType()));
    }

    [Fact]
    public void Relay_FailsAndPunchSucceeds_ConnectsDirectly()
    {
        var core = AgreeRelayed();
        core.HandleRelayFailed(default);
        Assert.False(core.IsDone);
        core.HandlePunched(s_punched, default);
        Assert.Equal(ConnectionKind.HolePunched, Drain(core).OfType<ConnectAction.Connect>().Single().Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Relay_AndPunchFail_EndsWithThePunchesReason(bool relayFirst)
    {
        const ConnectFailure why = ConnectFailure.RemoteAborted;
        var core = AgreeRelayed();
        if (relayFirst) core.HandleRelayFailed(default);
        core.HandlePunchFailed(why);
        if (!relayFirst) core.HandleRelayFailed(default);
        AssertFails(core, why);
    }

    [Fact]
    public void Relay_NobodyComes_IsGivenUpAfterItsPatience()
    {
        var core = AgreeRelayed();
        core.HandlePunchFailed(ConnectFailure.HolepunchAborted);
        Assert.Equal(default(Instant) + RelayLeg.Patience, core.NextTimeout);
        core.HandleTimeout(core.NextTimeout);
        AssertFails(core, ConnectFailure.HolepunchAborted);
    }

    [Fact]
    public void Relay_ClosedWhileUpgrading_EndsAndALatePunchDoesNothing()
    {
        var core = AgreeRelayed();
        core.HandleRelayed();
        Drain(core);
        core.HandleClosed();
        core.HandlePunched(s_punched, default);
        Assert.Empty(Drain(core));
        Assert.True(core.IsDone);
    }

    [Fact]
    public void Relay_ServersIsDead_OursIsTriedOnceWithItsOwnPatience()
    {
        var core = Agree(Offer() with { RelayThrough = Theirs() }, plan => plan with { Relays = [s_ourRelay] });
        Assert.Equal(s_theirRelay, Drain(core).OfType<ConnectAction.Pair>().Single().At.PublicKey);
        var later = default(Instant) + TimeSpan.FromSeconds(5);
        core.HandleRelayFailed(later);
        var pair = Assert.IsType<ConnectAction.Pair>(Assert.Single(Drain(core)));
        Assert.Equal((s_ourRelay, true), (pair.At.PublicKey, pair.IsInitiator));
        Assert.Equal(later + RelayLeg.Patience, core.NextTimeout);
        core.HandleRelayFailed(later);
        Assert.Empty(Drain(core));
        core.HandlePunchFailed(ConnectFailure.RemoteAborted);
        AssertFails(core, ConnectFailure.RemoteAborted);
    }

    [Fact]
    public void Relay_OursIsDeadButTheServerNamesOne_ItsIsUsed()
    {
        var core = Agree(Offer() with { RelayThrough = Theirs() }, plan => plan with { Relays = [s_ourRelay] });
        var pair = Drain(core).OfType<ConnectAction.Pair>().Single();
        Assert.Equal((s_theirRelay, false), (pair.At.PublicKey, pair.IsInitiator));
        core.HandleRelayed();
        Assert.Equal(ConnectionKind.Relayed, Drain(core).OfType<ConnectAction.Connect>().Single().Kind);
    }

    private static RelayThrough Theirs() => new(s_theirRelay, new Bytes32(new byte[32]));

    private ConnectCore AgreeRelayed()
    {
        var core = Agree(Offer(), plan => plan with { Relays = [s_ourRelay] });
        Assert.Single(Drain(core).OfType<ConnectAction.Pair>());
        return core;
    }
}
