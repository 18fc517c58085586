using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Storage;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests;

/// <summary>What is removed gives its bytes back to the disk.</summary>
public sealed class DeletionTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, 20_000)]
    [InlineData(20_000, 1_000)]
    public async Task Clear_ThenCompact_ShrinksTheFolder(int size, int count)
    {
        using var folder = new TempFolder();
        await using (var store = await Corestore.OpenAsync(folder.Path, null, Cancel))
        {
            await using var core = await store.GetAsync("big", new() { Durability = Storage.Kv.Durability.Buffered }, Cancel);
            await using var other = await store.GetAsync("other", null, Cancel);
            await other.AppendAsync(new byte[5000], Cancel);
            for (var i = 0; i < count / 100; i++) await core.AppendAsync([.. Enumerable.Range(0, 100).Select(j => Noise((i * 100) + j, size))], Cancel);
            store.Storage.Flush();
            var full = Measure(folder.Path);
            Assert.True(full > size * count, $"{full}");
            await core.ClearAsync(0, (ulong)count - 10, Cancel);
            await core.CompactAsync(Cancel);
            Assert.Equal((10UL, (ulong)count), (core.CountHeld(), core.Length));
            Assert.Equal(Noise(count - 1, size).ToArray(), await core.GetAsync((ulong)count - 1, null, Cancel));
        }

        // Trees and bits stay: about 100 bytes a block. The log's empty file is not counted by its size.
        Assert.InRange(Measure(folder.Path), 0, (count * 120) + 500_000);
    }

    [Fact]
    public async Task Purge_RemovesTheCoreAndItsBytes()
    {
        using var folder = new TempFolder();
        CoreKey kept, gone;
        await using (var store = await Corestore.OpenAsync(folder.Path, null, Cancel))
        {
            var core = await store.GetAsync("gone", null, Cancel);
            var other = await store.GetAsync("kept", null, Cancel);
            (gone, kept) = (core.Key, other.Key);
            for (var i = 0; i < 20; i++) await core.AppendAsync([.. Enumerable.Range(0, 50).Select(j => Noise((i * 50) + j, 8000))], Cancel);
            await using var branch = core.Session(new() { Name = "b" });
            await branch.AppendAsync(Noise(1, 100_000), Cancel);
            await other.AppendAsync(Noise(7, 9000), Cancel);
            store.Storage.Flush();
            var listed = store.ListDetails(measure: true).ToDictionary(summary => summary.Key);
            Assert.Equal((1000UL, 1000UL, "gone", true), (listed[gone].Length, listed[gone].ContiguousLength, listed[gone].Names.Single().Name, listed[gone].HasSecretKey));
            Assert.InRange(listed[gone].StoredBytes!.Value, 8_100_000, 8_400_000);
            Assert.True(await store.PurgeAsync(gone));
            Assert.True(core.IsClosed);
            Assert.False(await store.PurgeAsync(gone));
            Assert.Equal(kept, Assert.Single(store.ListDetails()).Key);
            await using var again = await store.GetAsync("gone", null, Cancel);
            Assert.Equal((0UL, gone), (again.Length, again.Key));
            Assert.Empty(again.ListBranches());
            Assert.Equal(Noise(7, 9000).ToArray(), await other.GetAsync(0, null, Cancel));
        }

        Assert.InRange(Measure(folder.Path), 0, 500_000);
    }

    [Fact]
    public async Task Backup_WhileWriting_OpensWhenAdopted()
    {
        using var folder = new TempFolder();
        CoreKey key;
        ulong atLeast;
        await using (var store = await Corestore.OpenAsync(folder["store"], null, Cancel))
        {
            await using var core = await store.GetAsync("log", null, Cancel);
            key = core.Key;
            for (var i = 0; i < 50; i++) await core.AppendAsync(Noise(i, 6000), Cancel);
            var writing = Task.Run(async () =>
            {
                for (var i = 50; i < 400; i++) await core.AppendAsync(Noise(i, 60), Cancel);
            }, Cancel);
            atLeast = core.Length;
            await store.BackupAsync(folder["backup"], Cancel);
            await writing;
            Assert.Equal(StorageFailure.Conflict, (await Assert.ThrowsAsync<StorageException>(async () => await store.BackupAsync(folder["backup"], Cancel))).Failure);
        }

        Assert.Equal(StorageFailure.DeviceFile, (await Assert.ThrowsAsync<StorageException>(async () => await Corestore.OpenAsync(folder["backup"], null, Cancel))).Failure);
        for (var round = 0; round < 2; round++)
        {
            await using var store = await Corestore.OpenAsync(folder["backup"], new() { Storage = new() { Adopt = round == 0 } }, Cancel);
            await using var core = await store.GetAsync("log", null, Cancel);
            Assert.Equal(key, core.Key);
            Assert.InRange(core.Length, atLeast, 401UL);
            for (var i = 0UL; i < atLeast; i++) Assert.Equal(Noise((int)i, i < 50 ? 6000 : 60).ToArray(), await core.GetAsync(i, null, Cancel));
            Assert.Equal(round == 0, core.IsRecovering);
            if (round == 0) await Assert.ThrowsAsync<CoreRecoveringException>(async () => await core.AppendAsync(new byte[1], Cancel));
            if (round == 0) await core.ConfirmLengthAsync();
            await core.AppendAsync(new byte[1], Cancel);
        }
    }

    [Fact]
    public async Task Suspend_LetsAnotherOpenTheStore_ResumeGoesOn()
    {
        using var folder = new TempFolder();
        await using var store = await Corestore.OpenAsync(folder.Path, null, Cancel);
        await using var core = await store.GetAsync("log", null, Cancel);
        await core.AppendAsync(new byte[3], Cancel);
        await store.SuspendAsync();
        Assert.Equal(StorageFailure.Suspended, (await Assert.ThrowsAsync<StorageException>(async () => await core.GetAsync(0, null, Cancel))).Failure);
        Assert.Equal(StorageFailure.Suspended, (await Assert.ThrowsAsync<StorageException>(async () => await core.AppendAsync(new byte[1], Cancel))).Failure);
        await using (var other = await Corestore.OpenAsync(folder.Path, null, Cancel))
        {
            Assert.Equal(StorageFailure.InUse, (await Assert.ThrowsAsync<StorageException>(async () => await store.ResumeAsync())).Failure);
            Assert.Single(other.List());
        }

        await store.ResumeAsync();
        Assert.Equal(2UL, await core.AppendAsync(new byte[4], Cancel));
        Assert.Equal(3, (await core.GetAsync(0, null, Cancel)).Length);
    }

    [Fact]
    public async Task Sweep_ClearsWhatWasNotRead()
    {
        await using var core = Core.CreateInMemory();
        await core.AppendAsync([.. Enumerable.Range(0, 100).Select(i => Noise(i, 10))], Cancel);
        core.StartMarking();
        for (var i = 10UL; i < 20; i++) await core.GetAsync(i, null, Cancel);
        core.Mark(90, 95);
        Assert.Equal(85UL, await core.SweepAsync(Cancel));
        Assert.Equal((15UL, 10UL, 20UL, 90UL), (core.CountHeld(), core.FindHeld(), core.FindMissing(10), core.FindHeld(20)));
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await core.SweepAsync(Cancel));
    }

    [Fact]
    public async Task Streams_ReadBlocksAndBytes()
    {
        await using var core = Core.CreateInMemory(new() { EncryptionKey = new byte[32] });
        await core.AppendAsync([.. Enumerable.Range(0, 40).Select(i => Noise(i, i % 7))], Cancel);
        var whole = Enumerable.Range(0, 40).SelectMany(i => Noise(i, i % 7).ToArray()).ToArray();
        var seen = new List<byte[]>();
        await foreach (var block in core.ReadBlocksAsync(new() { Start = 3, End = 9 }, Cancel)) seen.Add(block);
        Assert.Equal(Enumerable.Range(3, 6).Select(i => Noise(i, i % 7).ToArray()), seen);
        await using var stream = core.OpenRead(5, 90);
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancel);
        Assert.Equal(whole[5..95], copy.ToArray());
        stream.Position = 40;
        var part = new byte[10];
        await stream.ReadExactlyAsync(part, Cancel);
        Assert.Equal(whole[45..55], part);
        var live = core.ReadBlocksAsync(new() { Start = 39, IsLive = true }, Cancel).GetAsyncEnumerator(Cancel);
        Assert.True(await live.MoveNextAsync());
        var next = live.MoveNextAsync();
        Assert.False(next.IsCompleted);
        await core.AppendAsync("more"u8.ToArray(), Cancel);
        Assert.True(await next.AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel));
        Assert.Equal("more"u8.ToArray(), live.Current);
        await live.DisposeAsync();
    }

    private static long Measure(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);

    private static ReadOnlyMemory<byte> Noise(int seed, int size)
    {
        var block = new byte[size];
        new Random(seed).NextBytes(block);
        return block;
    }
}
