using Nashi.Datagrams;
using Nashi.Dht.Records;
using Nashi.Dht.Rpc;
using Nashi.Encoding;

namespace Nashi.Dht.Tests;

public sealed class RecordTests
{
    private static readonly RecordLimits Small = new() { Announcements = 50, AnnouncementsPerTopic = 10, AnnouncementsPerHost = 15, Values = 20, ValueBytes = 1000, ValuesPerHost = 8 };

    [Fact]
    public void AnnounceStore_Flooded_StaysWithinItsLimits()
    {
        var random = new SeededRandom(1);
        var store = new AnnounceStore(Small, random);
        for (uint i = 0; i < 5000; i++)
        {
            store.Add(Id(i % 40), Id(i), [1, 2, 3], UdpAddress.FromIPv4(0x08000000 + (i % 400), 5), Instant.FromMilliseconds(i));
            Assert.True(store.Count <= 50);
        }

        Assert.True(store.Sample(Id(3), 20, Instant.FromMilliseconds(5000)).Count <= 10);
        Assert.Empty(store.Sample(Id(3), 20, Instant.FromMilliseconds(5000) + Small.AnnouncementAge));
        Assert.Equal(0, store.Count);
    }

    [Fact]
    public void AnnounceStore_OneHost_GetsNoMoreThanItsShare()
    {
        var store = new AnnounceStore(Small, new SeededRandom(1));
        var host = UdpAddress.FromIPv4(0x08000001, 5);
        var taken = Enumerable.Range(0, 40).Count(i => store.Add(Id((uint)i), Id(1), [1], host.WithPort(i + 1), Instant.Zero));
        Assert.Equal(15, taken);
        store.Remove(Id(0), Id(1));
        Assert.True(store.Add(Id(99), Id(1), [1], host, Instant.Zero));
    }

    [Fact]
    public void AnnounceStore_SamePeerAgain_IsRenewedNotRepeated()
    {
        var store = new AnnounceStore(Small, new SeededRandom(1));
        for (byte i = 0; i < 9; i++) store.Add(Id(1), Id(2), [i], UdpAddress.FromIPv4(0x08000001, 5), Instant.FromMilliseconds(i));
        Assert.Equal([8], Assert.Single(store.Sample(Id(1), 20, Instant.FromMilliseconds(9))));
    }

    [Fact]
    public void ValueStore_Flooded_StaysWithinItsLimits()
    {
        var store = new ValueStore(Small, new SeededRandom(1));
        for (uint i = 0; i < 2000; i++)
        {
            store.Set(Id(i), new byte[i % 300], UdpAddress.FromIPv4(0x08000000 + i, 5), Instant.FromMilliseconds(i));
            Assert.True(store.Count <= 20 && store.Bytes <= 1000);
        }

        Assert.NotNull(store.Find(Id(1999), Instant.FromMilliseconds(2000)));
        Assert.Null(store.Find(Id(1), Instant.FromMilliseconds(2000)));
        var host = UdpAddress.FromIPv4(0x09000000, 5);
        Assert.Equal(8, Enumerable.Range(0, 30).Count(i => store.Set(Id((uint)(9000 + i)), [], host, Instant.FromMilliseconds(2000))));
    }

    [Fact]
    public void TokenSecrets_OverTime_AcceptsEachTokenForOneToTwoTurns()
    {
        var now = Instant.Zero;
        var tokens = new TokenSecrets(new SeededRandom(1), now);
        var (host, other) = (UdpAddress.FromIPv4(0x08000001, 5), UdpAddress.FromIPv4(0x08000002, 5));
        var token = tokens.Issue(host, now);
        Assert.True(tokens.Verify(token, host.WithPort(9), now));
        Assert.False(tokens.Verify(token, other, now));
        Assert.False(tokens.Verify(default, host, now));
        Assert.True(tokens.Verify(token, host, now + TimeSpan.FromSeconds(7.4)));
        Assert.True(tokens.Verify(token, host, now + TimeSpan.FromSeconds(7.6)));
        Assert.False(tokens.Verify(token, host, now + TimeSpan.FromSeconds(15.2)));
        token = tokens.Issue(host, now + TimeSpan.FromSeconds(16));
        Assert.False(tokens.Verify(token, host, now + TimeSpan.FromSeconds(100)));
    }

    [Fact]
    public void ResponseBudget_ForAForgedAddress_StopsAFlood()
    {
        var budget = new ResponseBudget();
        var victim = UdpAddress.FromIPv4(0x08000001, 5);
        var (received, sent) = (0, 0);
        for (var ms = 0; ms < 60_000; ms++)
        {
            received += 43;
            if (budget.TrySpend(victim.WithPort(1 + (ms % 60000)), 43, 1112, Instant.FromMilliseconds(ms))) sent += 1112;
        }

        Assert.True(sent <= 64 * 1024, $"{sent} bytes in a minute for {received}");
        Assert.True(budget.TrySpend(victim, 43, 1000, Instant.FromMilliseconds(200_000)));
    }

    private static Bytes32 Id(uint n)
    {
        Span<byte> bytes = stackalloc byte[32];
        BitConverter.TryWriteBytes(bytes, n);
        return new Bytes32(bytes);
    }
}
