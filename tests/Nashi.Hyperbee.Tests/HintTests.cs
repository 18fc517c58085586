using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Hyperbee.Hints;
using Nashi.Hyperbee.Tree;
using Nashi.Hypercore;
using Nashi.SecretStream;
using Nashi.TestKit;

namespace Nashi.Hyperbee.Tests;

/// <summary>What readers and servers of a tree tell each other beforehand.</summary>
public sealed class HintTests
{
    private const int Keys = 5_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public void HintMessage_OfTheReference_IsReadAndWrittenTheSame()
    {
        var golden = Vectors.Load("hyperbee").GetProperty("hints");
        Assert.Equal(golden.Bytes("get"), KeyHint.Encode(5, "k"u8));
        Assert.Equal(golden.Bytes("cache"), HintMessage.EncodeBlocks([1, 300]));
        var bounds = new KeyBounds("a"u8.ToArray(), true, "b"u8.ToArray(), false);
        Assert.Equal(golden.Bytes("iterator"), RangeHint.Encode(5, bounds, 7, reverse: true));

        Assert.True(HintMessage.TryDecode(golden.Bytes("get"), out var get));
        Assert.Equal((5UL, "k"), (get.Get!.Value.Version, System.Text.Encoding.UTF8.GetString(get.Get.Value.Key)));
        Assert.True(HintMessage.TryDecode(golden.Bytes("cache"), out var cache));
        Assert.Equal([1UL, 300UL], cache.Blocks!);
        Assert.True(HintMessage.TryDecode(golden.Bytes("iteratorWithCheckpoint"), out var iterator));
        var range = iterator.Range!.Value;
        Assert.Equal((5UL, 7UL, true, 3), (range.Version, range.Limit, range.Reverse, range.Skip));
        Assert.False(range.Bounds.LowIncluded);
        Assert.True(range.Bounds.HighIncluded);
        Assert.Equal("a"u8.ToArray(), range.Bounds.Low!.Value.ToArray());
        Assert.Equal("b"u8.ToArray(), range.Bounds.High!.Value.ToArray());
    }

    [Fact]
    public async Task GetAsync_OfAReferenceServer_TakesItsHints()
    {
        using var folder = new TempFolder();
        await using var js = JsPeer.Start("hyperbee-peer.cjs", folder["js"]);
        var ready = await js.NextAsync("ready");
        await js.SendAsync(new JsonObject { ["run"] = "fill", ["count"] = Keys });
        _ = await js.NextAsync("fill");
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync(new CoreKey(Convert.FromHexString(ready.GetProperty("key").GetString()!)));
        var bee = new Hyperbee(core);
        await using var connection = await ConnectAsync(store, ready.GetProperty("port").GetInt32());
        _ = await core.UpdateAsync(wait: true).AsTask().WaitAsync(Patience);
        Assert.NotNull(await bee.GetAsync(Key(1234)).AsTask().WaitAsync(Patience));
        Assert.Equal(300, (await bee.RangeAsync(new BeeRange { AtLeast = Key(100), Limit = 300 }).ToListAsync().AsTask().WaitAsync(Patience)).Count);
        await js.SendAsync(new JsonObject { ["run"] = "heard" });
        var heard = await js.NextAsync("heard");
        Assert.True(heard.GetProperty("get").GetInt32() >= 1);
        Assert.True(heard.GetProperty("iterator").GetInt32() >= 1);
        Assert.True(core.CountHeld() < Keys / 2, "only what was read is downloaded");
    }

    [Fact]
    public async Task ReferenceReader_OfOurTree_GetsHints()
    {
        using var folder = new TempFolder();
        await using var store = Corestore.CreateInMemory();
        await using var core = await store.GetAsync("bee");
        var bee = new Hyperbee(core);
        await using (var batch = bee.Batch())
        {
            for (var i = 0; i < Keys; i++) await batch.PutAsync(Key(i * 7919 % Keys), "value"u8.ToArray());
            await batch.FlushAsync();
        }

        await using var js = JsPeer.Start("hyperbee-peer.cjs", folder["js"], Convert.ToHexStringLower(core.Key.ToArray()));
        var ready = await js.NextAsync("ready");
        await using var connection = await ConnectAsync(store, ready.GetProperty("port").GetInt32());
        await js.SendAsync(new JsonObject { ["run"] = "get", ["index"] = 1234 });
        Assert.Equal("value", (await js.NextAsync("get")).GetProperty("value").GetString());
        await js.SendAsync(new JsonObject { ["run"] = "range", ["start"] = 100, ["limit"] = 1000 });
        var read = await js.NextAsync("range");
        Assert.Equal(1000, read.GetProperty("read").GetInt32());
        Assert.True(read.GetProperty("cache").GetInt32() > 100, $"{read.GetProperty("cache")} blocks named");
    }

    [Fact]
    public async Task GetAsync_FarAwayWithHints_CostsTwoRoundTripsAtFirst()
    {
        var (far, near) = await MakeAsync();
        var rounds = await near.CountAsync(new Hyperbee(near).GetAsync(Key(777)).AsTask());
        Assert.True(rounds <= 2, $"{rounds} round trips");
        Assert.True(near.Fetched < 100, $"{near.Fetched} blocks");
        Assert.Equal(Keys + 1UL, far.Length);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Range_FarAwayWithHints_CostsFewRoundTrips(bool reverse)
    {
        var (_, near) = await MakeAsync();
        var read = new Hyperbee(near).RangeAsync(new BeeRange { AtLeast = Key(1_000), Reverse = reverse, Limit = 1_000 }).ToListAsync().AsTask();
        var rounds = await near.CountAsync(read);
        Assert.Equal(1_000, (await read).Count);
        Assert.True(rounds <= 3, $"{rounds} round trips");
        Assert.True(near.Fetched < 1_600, $"{near.Fetched} blocks for 1000 entries");
    }

    [Fact]
    public async Task BeeHints_BlocksThatNobodyAskedFor_AreNotDownloaded()
    {
        await using var writer = Corestore.CreateInMemory();
        await using var reader = Corestore.CreateInMemory();
        await using var theirs = await writer.GetAsync("bee");
        for (var i = 0; i < 50; i++) _ = await theirs.AppendAsync(new byte[10]);
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var hostile = theirs.RegisterExtension("hyperbee", (_, _) => { });
        using var echo = theirs.RegisterExtension("echo", (_, _) => heard.TrySetResult());
        await using var ours = await reader.GetAsync(theirs.Key);
        _ = new Hyperbee(ours);
        using var ping = ours.RegisterExtension("echo", (_, _) => { });
        var pair = MessageStreamPair.CreateInMemory();
        await using var left = writer.Replicate(pair.Initiator);
        await using var right = reader.Replicate(pair.Responder);
        _ = await ours.UpdateAsync(wait: true).AsTask().WaitAsync(Patience);
        Assert.Equal(1, hostile.Broadcast(BeeHints.Wrap(HintMessage.EncodeBlocks([1, 2, 3, 4, 5]))));
        // In order on one connection: what is read after it was heard after it.
        Assert.Equal(new byte[10], await ours.GetAsync(40).AsTask().WaitAsync(Patience));
        Assert.Equal(1UL, ours.CountHeld());
    }

    private static async Task<(MemoryBlockLog Far, HintedRoundLog Near)> MakeAsync()
    {
        var far = new MemoryBlockLog();
        await using var batch = new Hyperbee(far).Batch();
        for (var i = 0; i < Keys; i++) await batch.PutAsync(Key(i * 7919 % Keys), new byte[20]);
        await batch.FlushAsync();
        return (far, new HintedRoundLog(far));
    }

    private static async Task<StoreReplication> ConnectAsync(Corestore store, int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, port);
        return store.Replicate(await SecretStream.SecretStream.OpenAsync(client.GetStream(), isInitiator: true));
    }

    private static byte[] Key(int i) => System.Text.Encoding.UTF8.GetBytes($"key-{i:d6}");
}
