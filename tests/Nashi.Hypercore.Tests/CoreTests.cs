using Nashi.Cryptography;
using Nashi.Hypercore;
using Nashi.Storage;
using Nashi.Storage.Kv;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests;

public sealed class CoreTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Append_ThenGet_ReturnsTheBlocks()
    {
        await using var core = Core.CreateInMemory();
        Assert.Equal(1UL, await core.AppendAsync("hello"u8.ToArray(), Cancel));
        Assert.Equal(3UL, await core.AppendAsync([new byte[10], Array.Empty<byte>()], Cancel));
        Assert.Equal("hello"u8.ToArray(), await core.GetAsync(0, null, Cancel));
        Assert.True(core.TryGet(1, out var block));
        Assert.Equal(10, block.Length);
        Assert.Empty(await core.GetAsync(2, null, Cancel));
        Assert.Equal((3UL, 15UL, 3UL, 0UL), (core.Length, core.ByteLength, core.ContiguousLength, core.Fork));
        await Assert.ThrowsAsync<BlockNotAvailableException>(async () => await core.GetAsync(3, new() { Wait = false }, Cancel));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Store_Reopened_HasEverything(bool encrypted)
    {
        using var folder = new TempFolder();
        var options = new CoreOptions
        {
            KeyPair = KeyPair.Generate(new SeededRandom(7)),
            EncryptionKey = encrypted ? new byte[32] : null,
        };
        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, null, options);
            for (var i = 0; i < 100; i++) await core.AppendAsync(new[] { (byte)i }, Cancel);
            await core.TruncateAsync(50, null, Cancel);
            await core.ClearAsync(10, 20, Cancel);
            await core.AppendAsync("new"u8.ToArray(), Cancel);
            await core.SetUserDataAsync("a", "b"u8.ToArray());
        }

        await using (var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = Core.Open(store, null, options);
            Assert.Equal((51UL, 1UL, 10UL), (core.Length, core.Fork, core.ContiguousLength));
            Assert.Equal(53UL, core.ByteLength);
            Assert.False(core.Has(19));
            Assert.Equal("new"u8.ToArray(), await core.GetAsync(50, null, Cancel));
            Assert.Equal([20], await core.GetAsync(20, null, Cancel));
            Assert.Equal("b"u8.ToArray(), await core.GetUserDataAsync("a"));
            Assert.Equal((30UL, 0UL), await core.SeekAsync(30, Cancel));
        }
    }

    [Fact]
    public async Task Append_ConcurrentCalls_AreAllThereOnce()
    {
        await using var core = Core.CreateInMemory();
        var all = Enumerable.Range(0, 2000).Select(i => Task.Run(async () => await core.AppendAsync(BitConverter.GetBytes(i), Cancel), Cancel)).ToArray();
        var lengths = await Task.WhenAll(all);
        Assert.Equal(2000UL, core.Length);
        Assert.Equal(2000UL, lengths.Max());
        var seen = new HashSet<int>();
        for (var i = 0UL; i < 2000; i++) seen.Add(BitConverter.ToInt32(await core.GetAsync(i, null, Cancel)));
        Assert.Equal(2000, seen.Count);
    }

    [Fact]
    public async Task Snapshot_AfterTruncate_RefusesWhatIsGone()
    {
        await using var core = Core.CreateInMemory();
        for (var i = 0; i < 10; i++) await core.AppendAsync(new[] { (byte)i }, Cancel);
        await using var snapshot = core.Snapshot();
        await core.TruncateAsync(5, null, Cancel);
        await core.AppendAsync("x"u8.ToArray(), Cancel);
        Assert.Equal(10UL, snapshot.Length);
        Assert.Equal([4], await snapshot.GetAsync(4, null, Cancel));
        await Assert.ThrowsAsync<SnapshotNotAvailableException>(async () => await snapshot.GetAsync(5, null, Cancel));
        await Assert.ThrowsAsync<CoreNotWritableException>(async () => await snapshot.AppendAsync(new byte[1], Cancel));
    }
}
