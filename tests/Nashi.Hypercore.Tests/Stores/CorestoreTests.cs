using System.Text.Json;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.SecretStream;
using Nashi.Storage;
using Nashi.TestKit;

namespace Nashi.Hypercore.Tests.Stores;

public sealed class CorestoreTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task CreateKeyPair_GoldenNames_EqualsReference()
    {
        foreach (var golden in Vectors.Load("corestore").EnumerateArray())
        {
            await using var store = Corestore.CreateInMemory(new CorestoreOptions { PrimaryKey = new Bytes32(golden.Bytes("primaryKey")) });
            var at = In(store, golden);
            var name = golden.GetProperty("name").GetString()!;
            using var pair = at.CreateKeyPair(name);
            Assert.Equal(golden.Bytes("publicKey"), pair.PublicKey.ToArray());
            Assert.Equal(golden.Bytes("secretKey"), pair.SecretKey.ToArray());
            await using var core = await at.GetAsync(name);
            Assert.Equal(golden.Bytes("key"), core.Key.ToArray());
            Assert.Equal(golden.Bytes("discoveryKey"), core.DiscoveryKey.ToArray());
            Assert.Equal(core.DiscoveryKey, store.Storage.FindAlias(new CoreAlias(name, new Bytes32(golden.Bytes("namespace")))));
        }
    }

    [Fact]
    public async Task CollectAsync_UnusedCores_AreRemovedAndOthersStay()
    {
        using var folder = new TempFolder();
        await using var store = await Corestore.OpenAsync(folder["s"]);
        await using (var named = await store.GetAsync("log")) await named.AppendAsync("x"u8.ToArray());
        var keys = Enumerable.Range(1, 4).Select(i => new CoreKey([.. Enumerable.Repeat((byte)i, 32)])).ToArray();
        foreach (var key in keys) await (await store.GetAsync(key)).DisposeAsync();
        await using var open = await store.GetAsync(keys[0]);

        var removed = await store.CollectAsync(core => core.Key == keys[1]).WaitAsync(Patience);

        Assert.Equal(keys[2..].ToHashSet(), removed.Select(core => core.Key).ToHashSet());
        Assert.Equal(3, store.List().Count);
        await using var again = await store.GetAsync(keys[2]);
        Assert.Equal(0UL, again.Length);
        await using var log = await store.GetAsync("log");
        Assert.Equal("x"u8.ToArray(), await log.GetAsync(0));
    }

    [Fact]
    public async Task GetAsync_SameName_SharesOneCore()
    {
        await using var store = Corestore.CreateInMemory();
        await using var a = await store.GetAsync("log");
        await using var b = await store.GetAsync("log");
        await using var other = await store.Namespace("n").GetAsync("log");
        Assert.NotEqual(a.Key, other.Key);
        Assert.Equal(1UL, await a.AppendAsync("x"u8.ToArray()));
        Assert.Equal(1UL, b.Length);
        await a.DisposeAsync();
        Assert.Equal(2UL, await b.AppendAsync("y"u8.ToArray()));
        Assert.Same(b.State, (await store.GetAsync(b.Key)).State);
        Assert.Equal(2, store.List().Count);
    }

    [Fact]
    public async Task GetAsync_AfterTheLastSessionEnded_OpensAnew()
    {
        using var folder = new TempFolder();
        await using var store = await Corestore.OpenAsync(folder["s"]);
        CoreKey key;
        await using (var core = await store.GetAsync("log"))
        {
            key = core.Key;
            await core.AppendAsync("x"u8.ToArray());
        }

        await using var again = await store.GetAsync(key);
        Assert.Equal(1UL, again.Length);
        Assert.True(again.IsWritable);
        Assert.Equal("x"u8.ToArray(), await again.GetAsync(0));
        Assert.NotNull(await store.TryGetAsync(again.DiscoveryKey));
        Assert.Null(await store.TryGetAsync(default));
    }

    [Fact]
    public async Task GetAsync_NameOfACoreFirstMetByKey_IsWritable()
    {
        var primaryKey = Fill(7);
        await using var store = Corestore.CreateInMemory(new CorestoreOptions { PrimaryKey = primaryKey });
        using var pair = store.CreateKeyPair("log");
        await using (var met = await store.GetAsync(Manifests.Manifest.ForKey(pair.PublicKey).ToKey())) Assert.False(met.IsWritable);
        await using var named = await store.GetAsync("log");
        Assert.True(named.IsWritable);
    }

    [Fact]
    public async Task GetAsync_KeyPairWhileOpenByKey_IsWritable()
    {
        await using var store = Corestore.CreateInMemory();
        using var pair = store.CreateKeyPair("log");
        await using var met = await store.GetAsync(Manifests.Manifest.ForKey(pair.PublicKey).ToKey());
        Assert.False(met.IsWritable);
        await using var owned = await store.GetAsync(new CoreOptions { KeyPair = pair });
        Assert.Same(met.State, owned.State);
        Assert.Equal(1UL, await owned.AppendAsync("x"u8.ToArray()));
    }

    [Fact]
    public async Task OpenAsync_OtherPrimaryKey_Refuses()
    {
        using var folder = new TempFolder();
        await using (await Corestore.OpenAsync(folder["s"], new CorestoreOptions { PrimaryKey = Fill(1) }))
        {
        }

        await using (await Corestore.OpenAsync(folder["s"]))
        {
        }

        var error = await Assert.ThrowsAsync<StorageException>(async () => await Corestore.OpenAsync(folder["s"], new CorestoreOptions { PrimaryKey = Fill(2) }));
        Assert.Equal(StorageFailure.Conflict, error.Failure);
    }

    [Fact]
    public async Task DisposeAsync_OpenCores_ClosesThem()
    {
        using var folder = new TempFolder();
        var store = await Corestore.OpenAsync(folder["s"]);
        var core = await store.GetAsync("a");
        var space = store.Namespace("n");
        await space.DisposeAsync();
        await core.AppendAsync("x"u8.ToArray());
        await store.DisposeAsync();
        Assert.True(core.IsClosed);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await store.GetAsync("a"));
        await using var again = await Corestore.OpenAsync(folder["s"]);
        await using var same = await again.GetAsync("a");
        Assert.Equal(1UL, same.Length);
    }

    [Fact]
    public async Task GetAsync_ManyAtOnce_NeverTwoCores()
    {
        using var folder = new TempFolder();
        await using var store = await Corestore.OpenAsync(folder["s"]);
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 20; i++)
            {
                await using var core = await store.GetAsync($"n{i % 3}");
                await core.AppendAsync(new byte[] { (byte)worker });
            }
        }))).WaitAsync(Patience);
        ulong total = 0;
        for (var i = 0; i < 3; i++)
        {
            await using var core = await store.GetAsync($"n{i}");
            total += core.Length;
        }

        Assert.Equal(160UL, total);
    }

    [Fact]
    public async Task Replicate_StoredCore_IsServedWhenThePeerAsks()
    {
        await using var writer = Corestore.CreateInMemory();
        await using var reader = Corestore.CreateInMemory();
        CoreKey key;
        await using (var core = await writer.GetAsync("log"))
        {
            key = core.Key;
            for (byte i = 0; i < 10; i++) await core.AppendAsync(new[] { i });
        }

        var (left, right) = MessageStreamPair.CreateInMemory();
        await using var one = writer.Replicate(left);
        await using var two = reader.Replicate(right);
        await using var copy = await reader.GetAsync(key);
        Assert.Equal([7], await copy.GetAsync(7).AsTask().WaitAsync(Patience));
        Assert.Equal(10UL, copy.Length);
    }

    [Fact]
    public async Task Replicate_CoreOpenedLater_FollowsAppends()
    {
        await using var writer = Corestore.CreateInMemory();
        await using var reader = Corestore.CreateInMemory();
        var (left, right) = MessageStreamPair.CreateInMemory();
        await using var one = writer.Replicate(left);
        await using var two = reader.Replicate(right);
        await using var core = await writer.GetAsync("log");
        await using var copy = await reader.GetAsync(core.Key);
        await core.AppendAsync("x"u8.ToArray());
        Assert.Equal("x"u8.ToArray(), await copy.GetAsync(0).AsTask().WaitAsync(Patience));
        await core.AppendAsync("y"u8.ToArray());
        Assert.Equal("y"u8.ToArray(), await copy.GetAsync(1).AsTask().WaitAsync(Patience));
    }

    [Fact]
    public async Task Replicate_PeerGone_LetsTheServedCoreClose()
    {
        await using var writer = Corestore.CreateInMemory();
        await using var reader = Corestore.CreateInMemory();
        CoreKey key;
        await using (var core = await writer.GetAsync("log"))
        {
            key = core.Key;
            await core.AppendAsync("x"u8.ToArray());
        }

        var (left, right) = MessageStreamPair.CreateInMemory();
        var one = writer.Replicate(left);
        var two = reader.Replicate(right);
        await using var copy = await reader.GetAsync(key);
        await copy.GetAsync(0).AsTask().WaitAsync(Patience);
        await using var open = await writer.GetAsync(key);
        var state = open.State;
        await open.DisposeAsync();
        Assert.False(state.IsClosed);
        await two.DisposeAsync();
        await one.Closed.WaitAsync(Patience);
        await state.Closed.WaitAsync(Patience);
        await one.DisposeAsync();
    }

    private static Corestore In(Corestore store, JsonElement golden)
    {
        foreach (var name in golden.GetProperty("namespaces").EnumerateArray()) store = store.Namespace(name.GetString()!);
        return store;
    }

    private static Bytes32 Fill(byte value) => new([.. Enumerable.Repeat(value, Bytes32.Size)]);
}
