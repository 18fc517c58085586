using Nashi.BlindPeer.Server;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Hypercore;
using Nashi.Storage;
using Nashi.Storage.Kv;

namespace Nashi.BlindPeer.Tests;

/// <summary>The keeper with a disk that fails, and with what crashes leave of it.</summary>
public sealed class HostKeeperTests
{
    private static readonly PublicKey Alice = new(World.Fill(200));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Row43_DiskThatRefuses_IsToldToWhoAskedAndTriedAgainByItself()
    {
        await using var store = Corestore.CreateInMemory();
        var disk = new JournalStore();
        var clock = new Nashi.Testing.VirtualClock();
        await using var keeper = new HostKeeper(store, disk, Options(clock));
        disk.Fault = call => new StorageException(StorageFailure.DiskFull, "The disk is full.");
        keeper.Use((policy, now) => policy.Add(Alice, Standing.Stranger, Wish(1), now));
        await Assert.ThrowsAsync<StorageException>(() => PassTimeAsync(clock, keeper.FlushAsync(Token)));
        Assert.True(keeper.IsFailing);
        Assert.Equal(0, disk.Writes);

        disk.Fault = null;
        await PassTimeAsync(clock, keeper.FlushAsync(Token));
        Assert.False(keeper.IsFailing);
        Assert.NotNull(Reload(disk, disk.Synced).Find(HostPolicyTests.Key(1)));
    }

    [Fact]
    public async Task Row44_WhateverACrashLeaves_IsWhatWasAcknowledged()
    {
        await using var store = Corestore.CreateInMemory();
        var disk = new JournalStore();
        await using var keeper = new HostKeeper(store, disk, Options(TimeProvider.System));
        var acknowledged = new List<(CoreKey Key, int Writes)>();
        var deleted = new List<(CoreKey Key, int Writes)>();
        for (byte i = 1; i <= 20; i++)
        {
            var wish = Wish(i);
            keeper.Use((policy, now) => policy.Add(Alice, Standing.Stranger, wish, now));
            await keeper.FlushAsync(Token).WaitAsync(World.Patience, Token);
            acknowledged.Add((wish.Key, disk.Synced));
            if (i % 5 != 0) continue;
            keeper.Use((policy, _) => policy.Delete(Alice, Standing.Stranger, wish.Key));
            await keeper.FlushAsync(Token).WaitAsync(World.Patience, Token);
            acknowledged.RemoveAt(acknowledged.Count - 1);
            deleted.Add((wish.Key, disk.Synced));
        }

        for (var at = 0; at <= disk.Writes; at++)
        {
            var policy = Reload(disk, at);
            Assert.All(acknowledged.Where(one => one.Writes <= at), one => Assert.NotNull(policy.Find(one.Key)));
            Assert.All(deleted.Where(one => one.Writes <= at), one => Assert.Null(policy.Find(one.Key)));
        }
    }

    [Fact]
    public async Task Sweep_AfterACrash_RemovesWhatNoRecordKnows()
    {
        await using var store = Corestore.CreateInMemory();
        var disk = new MemoryStore();
        await using var keeper = new HostKeeper(store, disk, Options(TimeProvider.System));
        // A store whose records were all lost is left as it is.
        await (await store.GetAsync(HostPolicyTests.Key(9), null, Token)).DisposeAsync();
        await keeper.SweepAsync();
        Assert.Single(keeper.Stored());

        keeper.Use((policy, now) => policy.Add(Alice, Standing.Stranger, Wish(1), now));
        var hosted = await keeper.AcquireAsync(HostPolicyTests.Key(1));
        await keeper.SweepAsync();
        Assert.Equal([HostPolicyTests.Key(1).ToDiscoveryKey()], keeper.Stored());
        await keeper.ReleaseAsync(hosted!);
        Assert.Equal(0, keeper.OpenCount);
        Assert.Null(await keeper.AcquireAsync(HostPolicyTests.Key(9)));
    }

    [Fact]
    public void Rate_OfOneAddress_IsKeptForAMinute()
    {
        var gate = new RateGate(10);
        Assert.True(gate.TryTake(System.Net.IPAddress.Loopback, 10, 0));
        Assert.False(gate.TryTake(System.Net.IPAddress.Loopback, 1, 59_999));
        Assert.True(gate.TryTake(System.Net.IPAddress.IPv6Loopback, 10, 59_999));
        Assert.True(gate.TryTake(System.Net.IPAddress.Loopback, 10, 60_000));
        Assert.False(gate.TryTake(System.Net.IPAddress.Loopback, int.MaxValue, 60_001));
    }

    private static async Task PassTimeAsync(Nashi.Testing.VirtualClock clock, Task until)
    {
        while (!until.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(until, Task.Delay(5, Token));
        }

        await until;
    }

    private static HostPolicy Reload(JournalStore disk, int writes)
    {
        var policy = new HostPolicy(BlindPeerLimits.Default);
        foreach (var record in new HostRecords(disk.OpenAt(writes)).Load()) policy.Load(record);
        return policy;
    }

    private static BlindPeerServerOptions Options(TimeProvider clock) => new() { Folder = "", Clock = clock };

    private static HostWish Wish(byte number) => new(HostPolicyTests.Key(number), null, 0, false);
}
