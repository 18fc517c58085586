using Nashi.Hypercore;
using Nashi.SecretStream;

namespace Nashi.Hyperdrive.Tests;

/// <summary>A drive by a stranger's key is used while it comes.</summary>
public sealed class SyncTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Drive_OpenedBeforeItIsThere_ReadsWhatComes(bool dedup)
    {
        using var folder = new Nashi.TestKit.TempFolder();
        DriveInteropTests.MakeFiles(folder["a"]);
        await using var author = Corestore.CreateInMemory();
        await using var reader = Corestore.CreateInMemory();
        await using var ours = await Drive.OpenAsync(author);
        await using var theirs = await Drive.OpenAsync(reader, ours.Key);
        Assert.Null(theirs.Blobs);
        var blobs = theirs.GetBlobsAsync().AsTask();
        await new Mirror(new LocalDrive(folder["a"]), ours, new MirrorOptions { Batch = true, Dedup = dedup }).CompleteAsync();

        var pair = MessageStreamPair.CreateInMemory();
        await using var left = author.Replicate(pair.Initiator);
        await using var right = reader.Replicate(pair.Responder);
        Assert.Equal(ours.Blobs!.Core.Key, (await blobs.WaitAsync(Patience)).Core.Key);
        await theirs.UpdateAsync(wait: true).AsTask().WaitAsync(Patience);
        Assert.Equal("hello"u8.ToArray(), await theirs.GetAsync("/a.txt").AsTask().WaitAsync(Patience));
        await new Mirror(theirs, new LocalDrive(folder["b"])).CompleteAsync().WaitAsync(Patience);
        Assert.Equal(DriveInteropTests.Snapshot(folder["a"]), DriveInteropTests.Snapshot(folder["b"]));
        Assert.True(await theirs.HasAsync("/"));
    }
}
