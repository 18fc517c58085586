using System.Globalization;
using Nashi.Datagrams;
using Nashi.Dht.Connecting;
using Nashi.Dht.HolePunching;
using Nashi.Testing;

namespace Nashi.Dht.Tests.Connecting;

public sealed class PunchTests
{
    private static readonly int s_runs = int.Parse(Environment.GetEnvironmentVariable("NASHI_RUNS") ?? "1000", CultureInfo.InvariantCulture);

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

    public static TheoryData<string, string> Pairs()
    {
        var data = new TheoryData<string, string>();
        foreach (var server in PunchNats.Kinds)
        {
            foreach (var client in PunchNats.Kinds) data.Add(server, client);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Punch_EveryPairOfRouters_GetsThroughUnlessBothAreRandom(string server, string client)
    {
        for (ulong seed = 1; seed <= 3; seed++)
        {
            using var world = new PunchWorld(client, server, seed);
            var label = $"{client} to {server}, seed {seed}";
            var isPossible = !(PunchNats.IsRandom(client) && PunchNats.IsRandom(server));
            Assert.True(world.Run() == isPossible, $"{label}: {world.Failure}");
            if (!isPossible) Assert.Equal(ConnectFailure.HolepunchDoubleRandomizedNats, world.Failure);
            var isRandom = PunchNats.IsRandom(client) || PunchNats.IsRandom(server);
            Assert.True(world.Took < (isPossible && isRandom ? TimeSpan.FromSeconds(20) : TimeSpan.FromSeconds(0.5)), $"{label}: took {world.Took}");
            AssertPolite(world, label);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Punch_EveryPairOnABadNetwork_GetsThroughUnlessBothAreRandom(string server, string client)
    {
        var bad = new VirtualNetworkOptions { Loss = 0.1, MinDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(120), Duplication = 0.01 };
        var through = 0;
        for (ulong seed = 1; seed <= 4; seed++)
        {
            using var world = new PunchWorld(client, server, seed, bad);
            if (world.Run()) through++;
            AssertPolite(world, $"{client} to {server}, seed {seed}");
        }

        // One attempt may fail; callers try again.
        if (PunchNats.IsRandom(client) && PunchNats.IsRandom(server)) Assert.Equal(0, through);
        else Assert.InRange(through, 3, 4);
    }

    [Theory]
    [InlineData("port", "sym")]
    [InlineData("sym", "port")]
    public void Punch_OneRandomRouter_IsQuick(string server, string client)
    {
        var times = new List<double>();
        var failed = new List<ulong>();
        for (ulong seed = 1; seed <= (ulong)s_runs; seed++)
        {
            using var world = new PunchWorld(client, server, seed);
            if (!world.Run()) failed.Add(seed);
            times.Add(world.Took.TotalSeconds);
        }

        // It is a matter of luck: 1 750 probes, for some of which more than 256 ports are held open, all miss once in 7 500 attempts.
        var expected = s_runs / 7500.0;
        Assert.True(failed.Count <= expected + (3 * Math.Sqrt(expected)), $"NASHI_RUNS={s_runs}: these seeds met no port: {string.Join(' ', failed)}");

        times.Sort();
        TestContext.Current.SendDiagnosticMessage($"{client} to {server}: median {times[s_runs / 2]:0.00} s, p90 {times[s_runs * 9 / 10]:0.00} s, most {times[^1]:0.00} s");
        Assert.InRange(times[s_runs / 2], 0, 2);
        Assert.InRange(times[s_runs * 9 / 10], 0, 4.5);
    }

    [Theory]
    [InlineData("", "", "port+hairpin")]
    [InlineData("", "", "linux+hairpin")]
    [InlineData("linux", "linux", "port+hairpin")]
    [InlineData("port", "linux", "linux+hairpin")]
    public void Punch_BehindOneRouterThatLoops_GetsThrough(string client, string server, string shared)
    {
        for (ulong seed = 1; seed <= 5; seed++)
        {
            using var world = new PunchWorld(client, server, seed, null, shared);
            Assert.True(world.Run(), $"seed {seed}: {world.Failure}");
            Assert.InRange(world.Took.TotalSeconds, 0, 0.5);
        }
    }

    [Fact]
    public void Punch_NothingGetsThrough_EndsAfterTenRounds()
    {
        using var world = new PunchWorld("port", "port", 1) { SwallowsKnocks = true };
        Assert.False(world.Run());
        Assert.Equal(ConnectFailure.HolepunchAborted, world.Failure);
        Assert.InRange(world.Took.TotalSeconds, 10, 13);
        Assert.InRange(world.ClientKnocks, 10, 12);
    }

    [Theory]
    [InlineData("port", "sym", RandomPunch.MaxKnocks)]
    [InlineData("sym", "port", BirthdayPunch.MaxKnocks)]
    public void Punch_NothingGetsThroughARandomRouter_GivesUpWithinItsBudget(string client, string server, int most)
    {
        using var world = new PunchWorld(client, server, 1) { SwallowsKnocks = true };
        Assert.False(world.Run());
        Assert.Equal(ConnectFailure.HolepunchAborted, world.Failure);
        Assert.InRange(world.ClientKnocks, most - 2, most + 2);
        AssertPolite(world, "swallowed");
        Assert.InRange(world.ClientSockets, 1, BirthdayPunch.MaxSockets + 1);
    }

    [Fact]
    public void Punch_ServerForbids_EndsWithItsAbort()
    {
        using var world = new PunchWorld("port", "port", 1) { ServerAgrees = false, SwallowsKnocks = true };
        Assert.False(world.Run());
        Assert.Equal(ConnectFailure.RemoteAborted, world.Failure);
    }

    [Fact]
    public void Punch_ClientForbids_EndsAtOnce()
    {
        using var world = new PunchWorld("port", "port", 1) { ClientAgrees = false, SwallowsKnocks = true };
        Assert.False(world.Run());
        Assert.Equal(ConnectFailure.HolepunchAborted, world.Failure);
        Assert.InRange(world.Took.TotalSeconds, 0, 3);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Punch_NodePunchedAMomentAgo_WaitsOnARelayOnly(bool isServers)
    {
        foreach (var isRelayed in new[] { true, false })
        {
            var busy = new PunchLimits(PunchLimits.DefaultPause);
            Assert.True(busy.TryTakeTurn(default));
            busy.EndTurn(true, default);
            var free = new PunchLimits(PunchLimits.DefaultPause);
            using var world = new PunchWorld("sym", "port", 3)
            {
                IsRelayed = isRelayed,
                ServerLimits = isServers ? busy : free,
                ClientLimits = isServers ? free : busy,
            };
            Assert.True(world.Run() == isRelayed, $"relayed {isRelayed}: {world.Failure}");
            if (isRelayed) Assert.InRange(world.Took.TotalSeconds, 10, 60);
            else Assert.InRange(world.Took.TotalSeconds, 0, 1);
        }
    }

    [Fact]
    public void PunchLimits_TwoRandomPunches_OneAfterTheOtherWithAPause()
    {
        var limits = new PunchLimits(TimeSpan.FromSeconds(20), 2);
        Assert.True(limits.TryTakeTurn(Instant.FromMilliseconds(1_000)));
        Assert.False(limits.TryTakeTurn(Instant.FromMilliseconds(30_000)));
        limits.EndTurn(true, Instant.FromMilliseconds(31_000));
        Assert.False(limits.TryTakeTurn(Instant.FromMilliseconds(50_999)));
        Assert.True(limits.TryTakeTurn(Instant.FromMilliseconds(51_000)));
        limits.EndTurn(false, Instant.FromMilliseconds(52_000));
        Assert.True(limits.TryTakeTurn(Instant.FromMilliseconds(52_000)));
        Assert.True(limits.TryEnter());
        Assert.True(limits.TryEnter());
        Assert.False(limits.TryEnter());
        limits.Leave();
        Assert.True(limits.TryEnter());
    }

    [Fact]
    public void PortOrder_AllPorts_ComeUpOnceEach()
    {
        var order = new PortOrder(new SeededRandom(1), 0);
        var seen = new HashSet<int>();
        for (var i = PortOrder.First; i <= ushort.MaxValue; i++) Assert.True(seen.Add(order.Next()));
        Assert.Equal(PortOrder.First, seen.Min());
    }

    [Theory]
    [InlineData(50_000)]
    [InlineData(65_500)]
    [InlineData(1_030)]
    public void PortOrder_RouterThatCounts_IsMetAtOnce(int seen)
    {
        var order = new PortOrder(new SeededRandom(1), seen);
        var tries = Enumerable.Range(0, 60).Select(_ => order.Next()).ToArray();
        Assert.All(tries, port => Assert.InRange(port, PortOrder.First, ushort.MaxValue));
        if (seen == 50_000) Assert.Contains(tries[..12], port => port > seen + 5 && port <= seen + 260);
    }

    [Fact]
    public void Puncher_VictimNamedAsOurAddress_GetsTwoKnocksAtMost()
    {
        var puncher = new Puncher(false, Setup(true));
        puncher.Nat.Add(At("1.1.1.1:1"), At("2.2.2.2:2"));
        var crowd = Enumerable.Range(1, 12).Select(i => At($"6.6.6.{i}:53"))
            .Concat([At("224.0.0.1:5"), At("255.255.255.255:5"), At("192.168.1.1:5"), At("6.6.6.1:0")]).ToArray();
        puncher.UpdateRemote(new PunchPayload { Firewall = NatKind.Consistent, Punching = true, Addresses = crowd }, At("7.7.7.7:7"), false);
        Assert.True(puncher.TryStart(default));
        var knocks = new List<PunchKnock>();
        for (var second = 0; second < 60; second++) puncher.HandleTimeout(knocks, Instant.FromMilliseconds(1000 * second));
        Assert.Equal(2, knocks.Count(knock => knock.To == crowd[0]));
        Assert.All(knocks, knock => Assert.Equal(0x060606u, knock.To.IPv4 >> 8));
        Assert.DoesNotContain(knocks, knock => knock.To.Port == 0);
        Assert.True(puncher.HasGivenUp);
    }

    [Theory]
    [InlineData(NatKind.Random)]
    [InlineData(NatKind.Consistent)]
    public void Puncher_UnverifiedRemote_GetsNoRandomPunch(NatKind remote)
    {
        var puncher = new Puncher(false, Setup(false));
        for (var i = 1; i <= 4; i++) puncher.Nat.Add(At($"1.1.1.1:{(remote == NatKind.Random ? 1 : i)}"), At($"2.2.2.2:{i}"));
        puncher.UpdateRemote(new PunchPayload { Firewall = remote, Punching = true, Addresses = [At("6.6.6.6:6")] }, At("7.7.7.7:7"), false);
        Assert.True(puncher.TryTakeTurn(default));
        Assert.False(puncher.TryStart(default));
    }

    [Fact]
    public void Puncher_SteadyRemoteThatNamesNoAddress_IsKnockedAtWhereTheRelaySeesIt()
    {
        var puncher = new Puncher(true, Setup(true));
        puncher.Nat.Add(At("1.1.1.1:1"), At("2.2.2.2:2"));
        puncher.UpdateRemote(new PunchPayload { Firewall = NatKind.Open, Punching = true }, At("7.7.7.7:7"), true);
        Assert.True(puncher.TryStart(default));
        var knocks = new List<PunchKnock>();
        puncher.HandleTimeout(knocks, default);
        Assert.Equal(At("7.7.7.7:7"), Assert.Single(knocks).To);
    }

    [Fact]
    public void ServerPunch_ClientNeverWrites_EndsAfterItsPatience()
    {
        var punch = new ServerPunch(Setup(false), default);
        Assert.Equal(ServerPunch.Patience, punch.NextTimeout - default(Instant));
        punch.HandleTimeout(punch.NextTimeout);
        Assert.True(punch.IsDone);
    }

    [Fact]
    public void ServerPunch_MessageFlood_KeepsAFew()
    {
        var punch = new ServerPunch(Setup(false), default);
        for (var i = 0; i < 1000; i++) punch.HandleMessage(i, new PunchPayload { Round = (ulong)i }, At("5.5.5.5:5"), true, default);
        for (var i = 0; i < 4; i++) punch.HandleSample(At("1.1.1.1:1"), At($"2.2.2.2:{i + 1}"), default);
        var answers = 0;
        while (punch.TryTake(out var action)) answers += action is PunchAction.Answer ? 1 : 0;
        Assert.Equal(ServerPunch.MaxWaiting, answers);
    }

    private static void AssertPolite(PunchWorld world, string label)
    {
        Assert.True(world.ClientKnocks <= 2000 && world.ServerKnocks <= 2000, $"{label}: {world.ClientKnocks} and {world.ServerKnocks} knocks");
        Assert.True(world.Strays == 0, $"{label}: {world.Strays} datagrams to strangers");
    }

    private static PunchSetup Setup(bool isOpen) => new()
    {
        RemoteKind = NatKind.Unknown,
        IsOpen = isOpen,
        TokenFor = _ => default,
        Limits = new PunchLimits(PunchLimits.DefaultPause),
        Random = new SeededRandom(1),
    };

    private static UdpAddress At(string text) => UdpAddress.TryParse(text, out var address) ? address : throw new FormatException(text);
}
