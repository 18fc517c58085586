using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Hyperdrive.Tests;

public sealed class DriveTests : IAsyncLifetime
{
    private readonly Corestore _store = Corestore.CreateInMemory();
    private Drive _drive = null!;

    public async ValueTask InitializeAsync() => _drive = await Drive.OpenAsync(_store);

    public async ValueTask DisposeAsync()
    {
        await _drive.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Fact]
    public async Task Drive_ReadDirectory_HidesNothing()
    {
        foreach (var path in new[] { "/X/a", "/X/b/c", "/X0", "/X-y", "/both", "/both/inner", "/z" }) await _drive.PutAsync(path, new byte[1]);
        Assert.Equal(["X-y", "X", "X0", "both", "z"], await NamesAsync("/"));
        Assert.Equal(["a", "b"], await NamesAsync("/X"));
        Assert.Empty(await NamesAsync("/none"));
    }

    [Fact]
    public async Task Drive_Checkout_ReadsOldVersions()
    {
        await _drive.PutAsync("/a", new byte[] { 1 });
        var old = _drive.Snapshot();
        await _drive.PutAsync("/a", new byte[] { 2 });
        await _drive.DeleteAsync("/a");
        Assert.Equal([1], await old.GetAsync("/a"));
        Assert.Equal([2], await _drive.Checkout(old.Version + 1).GetAsync("/a"));
        Assert.Null(await _drive.GetAsync("/a"));
        await Assert.ThrowsAsync<DriveException>(async () => await old.PutAsync("/b", new byte[1]));
        await _drive.TruncateAsync(old.Version);
        Assert.Equal([1], await _drive.GetAsync("/a"));
        Assert.Equal(1UL, _drive.Blobs!.Core.Length);
    }

    [Fact]
    public async Task Drive_FollowedLinks_ResolveFromTheirFolder()
    {
        await _drive.PutAsync("/d/file", new byte[] { 7 });
        await _drive.SymlinkAsync("/d/near", "file");
        await _drive.SymlinkAsync("/e/far", "../d/near");
        Assert.Equal([7], await _drive.GetAsync("/e/far", follow: true));
        await using var stream = await _drive.OpenReadAsync("/e/far");
        Assert.Equal(1, await stream.ReadAsync(new byte[9]));
    }

    [Fact]
    public async Task Drive_Cleared_HasNoContentButTheEntry()
    {
        await _drive.PutAsync("/a", new byte[100_000]);
        Assert.True(await _drive.HasAsync("/a"));
        Assert.True(await _drive.HasAsync("/"));
        await _drive.ClearAsync("/a");
        Assert.False(await _drive.HasAsync("/a"));
        Assert.True(await _drive.ExistsAsync("/a"));
    }

    [Fact]
    public async Task Drive_DedupOfChangedFile_StoresOnlyTheChange()
    {
        var content = DriveInteropTests.Noise(8_000_000, 2);
        await _drive.PutAsync("/big", content, new DriveFileOptions { Dedup = true });
        var before = _drive.Blobs!.Core.ByteLength;
        await _drive.PutAsync("/big", (byte[])[.. content[..4_000_000], 1, 2, 3, .. content[4_000_000..]], new DriveFileOptions { Dedup = true });
        Assert.True(_drive.Blobs.Core.ByteLength - before < 5_000_000);
        var entry = await _drive.GetEntryAsync("/big");
        Assert.Equal(8_000_003UL, await _drive.GetByteLengthAsync(entry!));
    }

    [Fact]
    public async Task Drive_ConcurrentPutsAndBatches_AllArrive()
    {
        await Task.WhenAll(Enumerable.Range(0, 40).Select(i => Task.Run(async () =>
        {
            if (i % 3 > 0)
            {
                await _drive.PutAsync($"/p{i}", new[] { (byte)i });
                return;
            }

            await using var batch = _drive.Batch();
            await batch.DeleteAsync("/none");
            await batch.PutAsync($"/p{i}", new[] { (byte)i });
            await batch.FlushAsync();
        }))).WaitAsync(TimeSpan.FromSeconds(60));
        for (var i = 0; i < 40; i++) Assert.Equal([(byte)i], (await _drive.GetAsync($"/p{i}"))!);
    }

    [Fact]
    public async Task Drive_Watched_TellsBothVersions()
    {
        await using var watch = _drive.WatchAsync("/in").GetAsyncEnumerator();
        var next = watch.MoveNextAsync().AsTask();
        await _drive.PutAsync("/out", new byte[1]);
        await _drive.PutAsync("/in/a", new byte[1]);
        Assert.True(await next.WaitAsync(TimeSpan.FromSeconds(60)));
        Assert.True(await watch.Current.Current.ExistsAsync("/in/a"));
        Assert.False(await watch.Current.Previous.ExistsAsync("/in/a"));
    }

    [Fact]
    public async Task Mirror_RunAgain_FindsNothingToDo()
    {
        using var folder = new TempFolder();
        DriveInteropTests.MakeFiles(folder["a"]);
        var local = new LocalDrive(folder["a"]);
        var first = await new Mirror(local, _drive).CompleteAsync();
        var version = _drive.Version;
        var second = await new Mirror(local, _drive).CompleteAsync();
        Assert.Equal(first.Files, second.Files);
        Assert.Equal(first.Files, first.Added);
        Assert.Equal(0, second.Added + second.Changed + second.Removed);
        Assert.Equal(version, _drive.Version);
    }

    [Fact]
    public async Task Mirror_DryRun_TellsTheSameAndDoesNothing()
    {
        using var folder = new TempFolder();
        DriveInteropTests.MakeFiles(folder["a"]);
        await _drive.PutAsync("/gone", new byte[5]);
        var version = _drive.Version;
        var told = await ChangesAsync(new Mirror(new LocalDrive(folder["a"]), _drive, new MirrorOptions { IsDryRun = true }));
        Assert.Equal(version, _drive.Version);
        Assert.Equal(told, await ChangesAsync(new Mirror(new LocalDrive(folder["a"]), _drive)));
        Assert.Contains(new MirrorChange(MirrorChangeKind.Remove, "/gone", 0, 5), told);
    }

    [Fact]
    public async Task Mirror_FilterIgnoreAndPrefixes_LimitWhatIsDone()
    {
        using var folder = new TempFolder();
        DriveInteropTests.MakeFiles(folder["a"]);
        await _drive.PutAsync("/sub/deeper/kept", new byte[1]);
        var options = new MirrorOptions { Prefixes = ["/sub", "a.txt"], Ignore = ["sub/deeper"], Filter = path => !path.EndsWith(".bin", StringComparison.Ordinal) };
        var changes = await ChangesAsync(new Mirror(new LocalDrive(folder["a"]), _drive, options));
        Assert.Equal(["/sub/to-a", "/a.txt"], changes.Select(change => change.Path));
        Assert.True(await _drive.ExistsAsync("/sub/deeper/kept"));
    }

    [Fact]
    public async Task Mirror_Stopped_GoesOnWhereItWas()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["a"]);
        for (var i = 0; i < 600; i++) await File.WriteAllTextAsync(folder["a", $"{i:d3}"], $"{i}");
        using var stop = new CancellationTokenSource();
        var seen = 0;
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var _ in new Mirror(new LocalDrive(folder["a"]), _drive).RunAsync(stop.Token))
            {
                if (++seen == 400) await stop.CancelAsync();
            }
        });
        var rest = await new Mirror(new LocalDrive(folder["a"]), _drive).CompleteAsync();
        Assert.InRange(rest.Added, 1, 599);
        await new Mirror(_drive, new LocalDrive(folder["b"])).CompleteAsync();
        Assert.Equal(DriveInteropTests.Snapshot(folder["a"]), DriveInteropTests.Snapshot(folder["b"]));
    }

    [Fact]
    public async Task Mirror_Transformer_ChangesContent()
    {
        using var folder = new TempFolder();
        await _drive.PutAsync("/a", new byte[] { 1, 2 });
        await _drive.PutAsync("/b", new byte[] { 1, 2 });
        static async IAsyncEnumerable<ReadOnlyMemory<byte>> Twice(IAsyncEnumerable<ReadOnlyMemory<byte>> content)
        {
            await foreach (var chunk in content)
            {
                yield return chunk;
                yield return chunk;
            }
        }

        var options = new MirrorOptions { Transformers = [(path, content) => path == "/a" ? Twice(content) : content] };
        await new Mirror(_drive, new LocalDrive(folder.Path), options).CompleteAsync();
        Assert.Equal([1, 2, 1, 2], await File.ReadAllBytesAsync(folder["a"]));
        Assert.Equal([1, 2], await File.ReadAllBytesAsync(folder["b"]));
        Assert.Empty(await ChangesAsync(new Mirror(_drive, new LocalDrive(folder.Path), options)));
    }

    [Fact]
    public async Task LocalDrive_Deleted_RemovesEmptyFolders()
    {
        using var folder = new TempFolder();
        var local = new LocalDrive(folder["root"]);
        await local.PutAsync("/a/b/c", new byte[1]);
        await local.PutAsync("/a/d", new byte[1], new DriveFileOptions { IsExecutable = true });
        Assert.True((await local.GetEntryAsync("/a/d"))!.IsExecutable);
        Assert.True(await local.DeleteAsync("/a/b/c"));
        Assert.False(Directory.Exists(folder["root", "a", "b"]));
        Assert.True(Directory.Exists(folder["root", "a"]));
        Assert.True(await local.DeleteAsync("/a/d"));
        Assert.True(Directory.Exists(folder["root"]));
        Assert.Empty(Directory.GetFileSystemEntries(folder["root"]));
    }

    private static async Task<List<MirrorChange>> ChangesAsync(Mirror mirror)
    {
        var changes = new List<MirrorChange>();
        await foreach (var change in mirror.RunAsync()) changes.Add(change);
        return changes;
    }

    private async Task<List<string>> NamesAsync(string folder)
    {
        var names = new List<string>();
        await foreach (var name in _drive.ReadDirectoryAsync(folder)) names.Add(name);
        return names;
    }
}
