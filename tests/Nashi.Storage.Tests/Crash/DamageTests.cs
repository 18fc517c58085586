using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Crash;

/// <summary>A damaged store says so; it never answers with wrong bytes.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData("*.sst", 100)]
    [InlineData("*.blob", 3000)]
    public async Task Read_FlippedByte_SaysDamaged(string file, int at)
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        Flip(Directory.GetFiles(folder["s", "db"], file).Order(StringComparer.Ordinal).Last(), at);
        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAllAsync(folder["s"]));
        Assert.Equal(StorageFailure.Corrupt, error.Failure);
        Assert.False(error.IsTransient);
        Assert.Contains(folder["s"], error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Close_LeavesNothingInTheLog()
    {
        using var folder = new TempFolder();
        await using (var store = await CorestoreStorage.OpenAsync(folder["s"]))
        {
            var batch = store.Store.CreateBatch();
            batch.Put([9, 9], [1, 2, 3]);
            store.Store.Write(batch);
        }

        // A flipped byte in the log would be taken for a tear by a power cut and drop what follows; in a sorted file it is found.
        Assert.All(Directory.GetFiles(folder["s", "db"], "*.log"), log => Assert.Equal(0, new FileInfo(log).Length));
    }

    [Theory]
    [InlineData("MANIFEST-*")]
    [InlineData("CURRENT")]
    [InlineData("*.sst")]
    public async Task Open_CutFile_SaysDamaged(string file)
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        foreach (var path in Directory.GetFiles(folder["s", "db"], file)) await File.WriteAllTextAsync(path, "");
        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAllAsync(folder["s"]));
        Assert.Equal(StorageFailure.Corrupt, error.Failure);
    }

    [Fact]
    public async Task Open_MissingFile_SaysDamaged()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        foreach (var path in Directory.GetFiles(folder["s", "db"], "*.sst")) File.Delete(path);
        var error = await Assert.ThrowsAsync<StorageException>(() => ReadAllAsync(folder["s"]));
        Assert.Equal(StorageFailure.Corrupt, error.Failure);
    }

    [Fact]
    public async Task Open_GarbledRecords_SaysDamaged()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        await using (var store = await CorestoreStorage.OpenAsync(folder["s"]))
        {
            var batch = store.Store.CreateBatch();
            batch.Put([4, 0, 0], [1, 2]);
            batch.Put([0], [2, 0xff]);
            store.Store.Write(batch);
            Assert.Equal(StorageFailure.Corrupt, Assert.Throws<StorageException>(() => store.TryOpenCore(store.ListCores().Single())!.ReadHead()).Failure);
        }

        Assert.Equal(StorageFailure.Corrupt, (await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]))).Failure);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task Open_OtherLayout_SaysUnsupported(byte version)
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        await using (var store = await CorestoreStorage.OpenAsync(folder["s"]))
        {
            var batch = store.Store.CreateBatch();
            batch.Put([0], [version, 0]);
            store.Store.Write(batch);
        }

        Assert.Equal(StorageFailure.Unsupported, (await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]))).Failure);
    }

    [Fact]
    public async Task Open_ReadOnlyWhereNothingIs_SaysSo()
    {
        using var folder = new TempFolder();
        var error = await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"], new StorageOptions { IsReadOnly = true }));
        Assert.Equal(StorageFailure.NotFound, error.Failure);
        Assert.False(Directory.Exists(folder["s"]));
    }

    [Fact]
    public async Task Open_OldFlatFiles_SaysUnsupportedAndTouchesNothing()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["s", "cores"]);
        await File.WriteAllBytesAsync(folder["s", "primary-key"], new byte[32]);
        Assert.Equal(StorageFailure.Unsupported, (await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]))).Failure);
        Assert.Equal(["cores", "primary-key"], Directory.EnumerateFileSystemEntries(folder["s"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Open_AfterTheReferenceDroppedItsLog_MarksCoresRecovering()
    {
        using var folder = new TempFolder();
        await WriteAsync(folder["s"]);
        await File.WriteAllTextAsync(folder["s", "db", "RECOVERING"], "");
        await using (var store = await CorestoreStorage.OpenAsync(folder["s"]))
        {
            var hints = store.TryOpenCore(store.ListCores().Single())!.ReadHints();
            Assert.Equal(40UL, hints.ContiguousLength);
            Assert.InRange(hints.Recovering, 1_700_000_000_000UL, ulong.MaxValue);
        }

        Assert.False(File.Exists(folder["s", "db", "RECOVERING"]));
    }

    private static async Task WriteAsync(string folder)
    {
        await using var store = await CorestoreStorage.OpenAsync(folder);
        var core = store.CreateCore(new CoreAuth(default, default));
        var batch = core.CreateBatch();
        for (ulong i = 0; i < 40; i++) batch.PutBlock(i, new byte[i < 20 ? 200 : 5000]);
        batch.SetHead(new CoreHead(0, 40, default, null));
        batch.SetHints(new CoreHints(40));
        await core.CommitAsync(batch, Durability.Synced);
        store.Compact();
    }

    private static async Task ReadAllAsync(string folder)
    {
        await using var store = await CorestoreStorage.OpenAsync(folder);
        var core = store.TryOpenCore(store.ListCores().Single())!;
        using var cursor = core.ReadBlocks();
        var count = 0;
        while (cursor.MoveNext()) count += cursor.Block.Length > 0 ? 1 : 0;
        Assert.Equal(40, count);
    }

    private static void Flip(string path, int at)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[at] ^= 0x40;
        File.WriteAllBytes(path, bytes);
    }
}
