using System.Net;
using Nashi.Datagrams;
using Nashi.Lan.Messages;
using Nashi.Lan.Protocol;

namespace Nashi.Lan.Tests;

/// <summary>Whole hosts on a simulated link, in virtual time.</summary>
public sealed class LanCoreTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void LanCore_TwoHosts_FindEachOtherByTopicAndKeyWithinASecond()
    {
        var lan = new VirtualLan(1);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(1), Keys.Key(1));
        a.Offer(Keys.Peer(1), null);
        b.Want(Keys.Topic(1));
        b.Want(Keys.Peer(1));

        lan.Run(Second);

        Assert.Equal([new LanPeer(Keys.Key(1), a.DhtAddress)], b.FoundFor(Keys.Topic(1)));
        Assert.Equal([new LanPeer(null, a.DhtAddress)], b.FoundFor(Keys.Peer(1)));
        Assert.Equal([b.DhtAddress], a.NodesFound);
    }

    [Fact]
    public void LanCore_OfferComesLater_IsFoundWithinTwoSeconds()
    {
        var lan = new VirtualLan(2);
        var (a, b) = (lan.Add(), lan.Add());
        b.Want(Keys.Topic(5));
        lan.Run(600 * Second);
        a.Offer(Keys.Topic(5), Keys.Key(9));

        lan.Run(2 * Second);

        Assert.Equal([new LanPeer(Keys.Key(9), a.DhtAddress)], b.FoundFor(Keys.Topic(5)));
    }

    [Fact]
    public void LanCore_WantComesLater_IsAnsweredFromMemoryAndOneQuestion()
    {
        var lan = new VirtualLan(3);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(5), Keys.Key(9));
        a.Offer(Keys.Peer(9), null);
        lan.Run(60 * Second);

        b.Want(Keys.Peer(9));
        Assert.Single(b.FoundFor(Keys.Peer(9)));
        b.Want(Keys.Topic(5));
        lan.Run(TimeSpan.FromMilliseconds(50));

        Assert.Single(b.FoundFor(Keys.Topic(5)));
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public void LanCore_FiftyHostsWithLoss_AllFindAllWithoutAStorm(ulong seed)
    {
        var lan = new VirtualLan(seed, loss: 0.2);
        for (var i = 0; i < 50; i++)
        {
            var host = lan.Add();
            host.Offer(Keys.Topic(1), Keys.Key(i));
            host.Want(Keys.Topic(1));
            lan.Run(TimeSpan.FromMilliseconds(20));
        }

        lan.Run(150 * Second);

        foreach (var host in lan.Hosts) Assert.True(host.FoundFor(Keys.Topic(1)).Count == 49, $"seed {seed}: {host.FoundFor(Keys.Topic(1)).Count} of 49 found");
        var before = lan.Multicasts;
        lan.Run(300 * Second);
        var perSecond = (lan.Multicasts - before) / 300.0;
        Assert.True(perSecond < 10, $"seed {seed}: {perSecond} multicasts a second on a quiet link");
    }

    [Fact]
    public void LanCore_Goodbye_IsForgottenASecondLater()
    {
        var lan = new VirtualLan(4);
        var (a, b) = (lan.Add(), lan.Add());
        lan.Run(5 * Second);
        Assert.Equal(1, b.Link.NeighbourCount);
        a.Close();
        lan.Remove(a);

        lan.Run(2 * Second);

        Assert.Equal(0, b.Link.NeighbourCount);
    }

    [Fact]
    public void LanCore_CableIsPulled_IsForgottenWhenItsTimeIsOverAfterFourQuestions()
    {
        var lan = new VirtualLan(5);
        var (a, b) = (lan.Add(), lan.Add());
        lan.Run(10 * Second);
        lan.Remove(a);
        lan.Log.Clear();

        lan.Run(100 * Second);
        Assert.Equal(1, b.Link.NeighbourCount);
        lan.Run(25 * Second);

        Assert.Equal(0, b.Link.NeighbourCount);
        var asked = lan.Log.Count(sent => DnsReader.TryDecode(sent.Bytes, out var message) && message.Questions.Any(question => question.Type == DnsType.Any));
        Assert.Equal(4, asked);
    }

    [Fact]
    public void LanCore_HostStays_IsKeptForAnHour()
    {
        var lan = new VirtualLan(6);
        var (_, b) = (lan.Add(new LanOptions { RotationInterval = TimeSpan.FromDays(1) }), lan.Add(new LanOptions { RotationInterval = TimeSpan.FromDays(1) }));
        lan.Run(5 * Second);

        for (var i = 0; i < 360; i++)
        {
            lan.Run(10 * Second);
            Assert.Equal(1, b.Link.NeighbourCount);
        }
    }

    [Fact]
    public void LanCore_TimeGoesBy_TakesNewNamesAndSaltThatDoNotShowTheOld()
    {
        var lan = new VirtualLan(7);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(1), Keys.Key(1));
        b.Want(Keys.Topic(1));
        lan.Run(5 * Second);
        var first = a.Link.Instance;
        b.Found.Clear();

        lan.Run(TimeSpan.FromMinutes(20));

        Assert.NotEqual(first, a.Link.Instance);
        Assert.Equal([new LanPeer(Keys.Key(1), a.DhtAddress)], b.FoundFor(Keys.Topic(1)));
        Assert.Equal(1, b.Link.NeighbourCount);
    }

    [Fact]
    public void LanCore_WireWithoutTheTopic_ShowsNeitherTopicNorKey()
    {
        var lan = new VirtualLan(8);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(1), Keys.Key(1));
        a.Offer(Keys.Peer(1), null);
        b.Want(Keys.Topic(1));
        lan.Run(TimeSpan.FromMinutes(20));

        var secrets = new[] { Keys.Topic(1).Value, Keys.Peer(1).Value, Keys.Key(1).Value }.Select(value => value.ToArray()).ToArray();
        Assert.NotEmpty(lan.Log);
        foreach (var (_, _, bytes) in lan.Log)
        {
            foreach (var secret in secrets) Assert.True(bytes.AsSpan().IndexOf(secret.AsSpan(0, 8)) < 0);
        }
    }

    [Fact]
    public void LanCore_SameNameTwice_BothTakeOthersAndFindEachOther()
    {
        var lan = new VirtualLan(9);
        var a = lan.Add(new LanOptions { Random = new SeededRandom(1) });
        lan.Run(5 * Second);
        var taken = a.Link.Instance!;
        var writer = new DnsWriter(isResponse: true);
        writer.TryAdd(DnsSection.Answer, DnsRecord.Service(taken, 120, DnsName.Of("other", "local"), 1234));
        lan.Inject(writer.Finish(), At("169.254.9.9:5353"));
        var b = lan.Add();

        lan.Run(5 * Second);

        Assert.NotEqual(taken, a.Link.Instance);
        Assert.Equal(1, a.Link.Counters.Collisions);
        Assert.Contains(a.DhtAddress, b.NodesFound);
    }

    [Fact]
    public void LanCore_EndlessCollisions_RenamesAtMostFifteenTimesInTenSeconds()
    {
        var lan = new VirtualLan(10);
        var a = lan.Add();
        for (var i = 0; i < 200; i++)
        {
            var writer = new DnsWriter(isResponse: true);
            writer.TryAdd(DnsSection.Answer, DnsRecord.Service(a.Link.Instance!, 120, DnsName.Of("other", "local"), 1234));
            lan.Inject(writer.Finish(), At("169.254.9.9:5353"));
            lan.Run(TimeSpan.FromMilliseconds(40));
        }

        Assert.InRange(a.Link.Counters.Collisions, 1, 15);
    }

    [Fact]
    public void LanCore_FloodOfInstances_StaysBoundedAndKeepsWhoIsWanted()
    {
        var lan = new VirtualLan(14);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(1), Keys.Key(1));
        b.Want(Keys.Topic(1));
        lan.Run(5 * Second);
        var random = new SeededRandom(99);
        for (var i = 0; i < 20_000; i++)
        {
            var source = UdpAddress.FromIPv4(0xa9fe0000 | (((IRandom)random).NextUInt32() & 0xffff), 5353);
            b.Core.Receive(VirtualLan.LinkIndex, Announcement(random, i), source, lan.Now);
            lan.Flush(b);
            if (i % 20 == 0) lan.Run(TimeSpan.FromMilliseconds(20));
        }

        Assert.InRange(b.Link.NeighbourCount, 2, LanOptions.Default.MaxNeighbours);
        Assert.True(b.Link.Counters.Dropped > 5_000);
        b.Found.Clear();
        lan.Run(TimeSpan.FromMinutes(30));
        Assert.Contains(new LanPeer(Keys.Key(1), a.DhtAddress), b.FoundFor(Keys.Topic(1)));
    }

    [Fact]
    public void LanCore_OneAddressWithManyInstances_GetsEightPlaces()
    {
        var lan = new VirtualLan(15);
        var b = lan.Add();
        var random = new SeededRandom(98);
        for (var i = 0; i < 60; i++) lan.Inject(Announcement(random, i), At("169.254.9.9:5353"));

        Assert.Equal(8, b.Link.NeighbourCount);
    }

    [Fact]
    public void LanCore_FloodOfQuestions_IsAnsweredOnceASecond()
    {
        var lan = new VirtualLan(16);
        var a = lan.Add();
        a.Offer(Keys.Topic(1), Keys.Key(1));
        lan.Run(10 * Second);
        lan.Log.Clear();
        var writer = new DnsWriter(isResponse: false);
        writer.TryAdd(new DnsQuestion(LanNames.Service, DnsType.Ptr));
        var question = writer.Finish();
        for (var i = 0; i < 10_000; i++)
        {
            lan.Inject(question, At($"169.254.{9 + (i % 100)}.9:5353"));
            lan.Run(TimeSpan.FromMilliseconds(1));
        }

        Assert.InRange(lan.Multicasts, 1, 30);
        Assert.Empty(a.Unicasts);
    }

    [Fact]
    public void LanCore_ForgedSealOrOtherInstance_FindsNobody()
    {
        var lan = new VirtualLan(17);
        var b = lan.Add();
        b.Want(Keys.Topic(1));
        var salt = new byte[LanTag.SaltSize];
        var instance = LanNames.Service.Prepend("forged");
        var tag = LanTag.Of(Keys.Topic(1), salt);
        var writer = new DnsWriter(isResponse: true);
        writer.TryAdd(DnsSection.Answer, DnsRecord.Service(instance, 120, DnsName.Of("other", "local"), 1234));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Text(instance, 120, new LanProfile { Salt = salt, Tags = new HashSet<LanTag> { tag } }.Encode()));
        lan.Inject(writer.Finish(), At("169.254.9.9:5353"));
        lan.Run(Second);
        // A seal made for another instance, as somebody who only listens could copy it.
        var copied = LanSeal.Seal(Keys.Topic(1), salt, LanNames.Service.Prepend("real").Wire, Keys.Key(1));
        writer = new DnsWriter(isResponse: true);
        writer.TryAdd(DnsSection.Answer, DnsRecord.Text(instance.Prepend(tag.ToString()), 120, SealedKeys.Encode([copied, new byte[LanSeal.Size]])));
        lan.Inject(writer.Finish(), At("169.254.9.9:5353"));

        Assert.Empty(b.FoundFor(Keys.Topic(1)));
    }

    [Fact]
    public void LanCore_MoreTargetsThanAreTold_AreFoundByAsking()
    {
        var lan = new VirtualLan(18);
        var (a, b) = (lan.Add(), lan.Add());
        for (var i = 0; i < 200; i++) a.Offer(Keys.Topic(i), Keys.Key(1));
        b.Want(Keys.Topic(199));

        lan.Run(10 * Second);

        Assert.Equal([new LanPeer(Keys.Key(1), a.DhtAddress)], b.FoundFor(Keys.Topic(199)));
    }

    [Fact]
    public void LanCore_SeveralServersOfOneTopic_AreAllFound()
    {
        var lan = new VirtualLan(19);
        var (a, b) = (lan.Add(), lan.Add());
        for (var i = 0; i < 3; i++) a.Offer(Keys.Topic(1), Keys.Key(i));
        b.Want(Keys.Topic(1));
        lan.Run(5 * Second);
        Assert.Equal(3, b.FoundFor(Keys.Topic(1)).Count);

        a.Withdraw(Keys.Topic(1), Keys.Key(0));
        b.Found.Clear();
        lan.Run(TimeSpan.FromMinutes(20));

        Assert.Equal(2, b.FoundFor(Keys.Topic(1)).Count);
    }

    [Fact]
    public void LanCore_NothingToBeFoundFor_SaysNothingOfItself()
    {
        var lan = new VirtualLan(20);
        var a = lan.Add(new LanOptions { OffersNode = false });
        var b = lan.Add();
        a.Want(Keys.Topic(1));
        lan.Run(60 * Second);
        Assert.Equal(0, b.Link.NeighbourCount);

        a.Offer(Keys.Topic(2), Keys.Key(2));
        lan.Run(3 * Second);
        Assert.Equal(1, b.Link.NeighbourCount);
        a.Withdraw(Keys.Topic(2), Keys.Key(2));
        lan.Run(3 * Second);

        Assert.Equal(0, b.Link.NeighbourCount);
    }

    [Theory]
    [InlineData(21)]
    [InlineData(22)]
    public void LanCore_RandomBytesAndBentMessages_NeverThrowAndStayBounded(ulong seed)
    {
        var lan = new VirtualLan(seed);
        var (a, b) = (lan.Add(), lan.Add());
        a.Offer(Keys.Topic(1), Keys.Key(1));
        b.Want(Keys.Topic(1));
        lan.Run(5 * Second);
        IRandom random = new SeededRandom(seed);
        var real = lan.Log.Select(sent => sent.Bytes).ToArray();
        for (var i = 0; i < 20_000; i++)
        {
            var bytes = real[random.Next(real.Length)].AsSpan().ToArray();
            for (var flips = random.Next(8); flips >= 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            lan.Inject(bytes[..random.Next(bytes.Length + 1)], UdpAddress.FromIPv4(0xa9fe0000 | (uint)random.Next(5000), random.Next(2) == 0 ? 5353 : 1024));
            if (i % 10 == 0) lan.Run(TimeSpan.FromMilliseconds(25));
        }

        Assert.All(lan.Hosts, host => Assert.InRange(host.Link.NeighbourCount, 0, LanOptions.Default.MaxNeighbours));
    }

    private static byte[] Announcement(IRandom random, int number)
    {
        var salt = new byte[LanTag.SaltSize];
        random.Fill(salt);
        var instance = LanNames.Service.Prepend($"flood{number}");
        var writer = new DnsWriter(isResponse: true);
        writer.TryAdd(DnsSection.Answer, DnsRecord.Pointer(LanNames.Service, 4500, instance));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Service(instance, 4500, DnsName.Of("other", "local"), 1234));
        writer.TryAdd(DnsSection.Answer, DnsRecord.Text(instance, 4500, new LanProfile { Salt = salt, Tags = new HashSet<LanTag> { new(random.NextUInt64(), 1) } }.Encode()));
        return writer.Finish();
    }

    private static UdpAddress At(string text) => UdpAddress.From(IPEndPoint.Parse(text));
}
