using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;

namespace Nashi.Dht.Tests.Connecting;

public sealed class PunchTests
{
    [Theory]
    [InlineData(new[] { "1:1", "1:1", "1:1" }, NatKind.Consistent)]
    [InlineData(new[] { "1:1", "1:2", "1:3" }, NatKind.Random)]
    [InlineData(new[] { "1:1", "1:1", "1:2" }, NatKind.Unknown)]
    [InlineData(new[] { "1:1", "1:1", "1:2", "1:3" }, NatKind.Random)]
    [InlineData(new[] { "1:1", "1:1", "2:2", "2:2" }, NatKind.Consistent)]
    [InlineData(new[] { "1:1", "1:1", "2:2", "2:3" }, NatKind.Unknown)]
    [InlineData(new[] { "1:1", "1:1", "2:2", "2:3", "2:4" }, NatKind.Random)]
    [InlineData(new[] { "1:1", "1:1" }, NatKind.Unknown)]
    public void NatSamples_Sightings_AreClassifiedAsReference(string[] sightings, NatKind expected)
    {
        var samples = new NatSamples(false);
        for (var i = 0; i < sightings.Length; i++) samples.Add(At("9.9.9." + sightings[i]), At($"8.8.8.8:{i + 1}"));
        Assert.Equal(expected, samples.Kind);
        if (expected == NatKind.Random) Assert.Equal(0, samples.Addresses![0].Port);
    }

    [Fact]
    public void NatSamples_OneNodeManyTimes_CountsOnce()
    {
        var samples = new NatSamples(false);
        for (var i = 0; i < 10; i++) samples.Add(At("9.9.9.9:1"), At("8.8.8.8:1"));
        Assert.Equal(1, samples.Count);
        Assert.Equal(NatKind.Unknown, samples.Kind);
    }

    [Theory]
    [InlineData(NatKind.Consistent, NatKind.Consistent)]
    [InlineData(NatKind.Open, NatKind.Consistent)]
    [InlineData(NatKind.Consistent, NatKind.Open)]
    [InlineData(NatKind.Open, NatKind.Open)]
    public void Punch_SteadyTranslators_GetThrough(NatKind client, NatKind server)
    {
        using var world = new PunchWorld(client, server);
        Assert.True(world.RunUntilConnected());
        Assert.InRange(world.Now.Milliseconds, 0, 2_000);
    }

    [Fact]
    public void Punch_FirewallOnOneSideThatForgetsTheFirstKnocks_GetsThroughLater()
    {
        using var world = new PunchWorld(NatKind.Consistent, NatKind.Consistent) { LosesKnocksUntil = Instant.FromMilliseconds(4_500) };
        Assert.True(world.RunUntilConnected());
        Assert.InRange(world.Now.Milliseconds, 4_500, 6_500);
    }

    [Fact]
    public void Punch_NothingGetsThrough_EndsAfterTenRounds()
    {
        using var world = new PunchWorld(NatKind.Consistent, NatKind.Consistent) { LosesKnocksUntil = Instant.Never };
        Assert.False(world.RunUntilConnected());
        Assert.Equal(ConnectFailure.HolepunchAborted, world.Failure);
        Assert.InRange(world.Now.Milliseconds, 9_000, 12_000);
        Assert.InRange(world.ClientKnocks, 10, 12);
    }

    [Fact]
    public void Punch_BothRandom_SaysThatOnlyARelayHelps()
    {
        using var world = new PunchWorld(NatKind.Random, NatKind.Random);
        Assert.False(world.RunUntilConnected());
        Assert.Equal(ConnectFailure.HolepunchDoubleRandomizedNats, world.Failure);
        Assert.True(Assert.IsType<HolepunchFailedException>(world.Failure!.Value.ToException(default)).NeedsRelay);
    }

    [Fact]
    public void Punch_NobodyTellsUsWhereWeAre_TimesOutTheProbe()
    {
        using var world = new PunchWorld(NatKind.Unknown, NatKind.Consistent) { LosesKnocksUntil = Instant.Never };
        Assert.False(world.RunUntilConnected());
        Assert.Equal(ConnectFailure.HolepunchProbeTimeout, world.Failure);
    }

    [Fact]
    public void Punch_ServerRefuses_EndsWithItsAbort()
    {
        using var world = new PunchWorld(NatKind.Consistent, NatKind.Consistent) { ServerAgrees = false, LosesKnocksUntil = Instant.Never };
        Assert.False(world.RunUntilConnected());
        Assert.Equal(ConnectFailure.RemoteAborted, world.Failure);
    }

    [Fact]
    public void Puncher_VictimNamedAsOurAddress_GetsTwoKnocksAtMost()
    {
        var puncher = new Puncher(false, true, NatKind.Unknown);
        puncher.Nat.Add(At("1.1.1.1:1"), At("2.2.2.2:2"));
        var crowd = Enumerable.Range(1, 16).Select(i => At($"6.6.6.{i}:53")).Append(At("224.0.0.1:5")).ToArray();
        puncher.UpdateRemote(new PunchPayload { Firewall = NatKind.Consistent, Punching = true, Addresses = crowd }, null);
        Assert.True(puncher.TryStart(default));
        var knocks = new List<PunchKnock>();
        for (var second = 0; second < 60; second++) puncher.HandleTimeout(knocks, Instant.FromMilliseconds(1000 * second));
        Assert.Equal(2, knocks.Count(knock => knock.To == crowd[0]));
        Assert.DoesNotContain(knocks, knock => knock.To == At("224.0.0.1:5"));
        Assert.True(puncher.HasGivenUp);
    }

    [Fact]
    public void ServerPunch_ClientNeverWrites_EndsAfterItsPatience()
    {
        var punch = new ServerPunch(NatKind.Unknown, false, _ => default, default);
        Assert.Equal(ServerPunch.Patience, punch.NextTimeout - default(Instant));
        punch.HandleTimeout(punch.NextTimeout);
        Assert.True(punch.IsDone);
    }

    [Fact]
    public void ServerPunch_MessageFlood_KeepsAFew()
    {
        var punch = new ServerPunch(NatKind.Unknown, false, _ => default, default);
        for (var i = 0; i < 1000; i++) punch.HandleMessage(i, new PunchPayload { Round = (ulong)i }, At("5.5.5.5:5"), true, default);
        for (var i = 0; i < 4; i++) punch.HandleSample(At("1.1.1.1:1"), At($"2.2.2.2:{i + 1}"), default);
        var answers = 0;
        while (punch.TryTake(out var action)) answers += action is PunchAction.Answer ? 1 : 0;
        Assert.Equal(ServerPunch.MaxWaiting, answers);
    }

    private static UdpAddress At(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
