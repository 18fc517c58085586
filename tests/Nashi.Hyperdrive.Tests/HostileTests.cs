using Nashi.Hypercore;
using Nashi.TestKit;

namespace Nashi.Hyperdrive.Tests;

/// <summary>Drives that a stranger wrote: a clear failure, and nothing outside the folder.</summary>
public sealed class HostileTests : IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly Corestore _store = Corestore.CreateInMemory();
    private Drive _drive = null!;

    private string Root => _folder["root"];

    public async ValueTask InitializeAsync()
    {
        _drive = await Drive.OpenAsync(_store);
        await _drive.PutAsync("/good", "content"u8.ToArray());
        Directory.CreateDirectory(_folder["outside"]);
    }

    public async ValueTask DisposeAsync()
    {
        await _drive.DisposeAsync();
        await _store.DisposeAsync();
        Assert.Empty(Directory.GetFileSystemEntries(_folder["outside"]));
        Assert.All(Directory.GetFileSystemEntries(_folder.Path), path => Assert.Contains(Path.GetFileName(path), (string[])["root", "outside"]));
        _folder.Dispose();
    }

    public static TheoryData<string> BadPaths =>
    [
        "/../outside/x", "/a/../../outside/x", "/..", "/.", "//x", "/a//b", "/a/./b", "/a/", "/nul\0byte", "/back\\slash", "/..\\outside\\x",
        "/" + new string('n', 256), "/" + string.Concat(Enumerable.Repeat("d/", 2100)) + "x", "/good/below-a-file",
    ];

    [Theory]
    [MemberData(nameof(BadPaths))]
    public async Task Mirror_HostilePath_IsRefusedAndWritesNothingOutside(string path)
    {
        await WriteRawAsync(path, """{"executable":false,"linkname":null,"blob":{"blockOffset":0,"byteOffset":0,"blockLength":1,"byteLength":7},"metadata":null}""");
        await Assert.ThrowsAnyAsync<NashiException>(() => new Mirror(_drive, new LocalDrive(Root)).CompleteAsync());
    }

    [Theory]
    [InlineData("/")]
    [InlineData("")]
    [InlineData("outside")]
    public async Task Mirror_PathBelowNoFolder_IsNoFile(string path)
    {
        await WriteRawAsync(path, "{}");
        await new Mirror(_drive, new LocalDrive(Root)).CompleteAsync();
        Assert.Equal(["/good"], await PathsAsync(new LocalDrive(Root), "/"));
    }

    [Theory]
    [InlineData("/etc/passwd", true)]
    [InlineData("../outside", false)]
    [InlineData("sub/../../outside", false)]
    [InlineData("..", false)]
    [InlineData("a/../b", false)]
    [InlineData("..\\outside", false)]
    [InlineData("C:\\outside", false)]
    public async Task Mirror_LinkLeadsOut_IsRefusedOrKeptInside(string target, bool isRooted)
    {
        await _drive.SymlinkAsync("/link", target);
        if (isRooted)
        {
            // Absolute in a drive means from the drive's root.
            await new Mirror(_drive, new LocalDrive(Root)).CompleteAsync();
            Assert.Equal(Path.Combine(Root, "etc/passwd"), new FileInfo(Path.Combine(Root, "link")).LinkTarget);
            Assert.Equal(target, (await new LocalDrive(Root).GetEntryAsync("/link"))!.LinkName);
            return;
        }

        await Assert.ThrowsAsync<DrivePathException>(() => new Mirror(_drive, new LocalDrive(Root)).CompleteAsync());
        Assert.False(Path.Exists(Path.Combine(Root, "link")));
    }

    [Fact]
    public async Task LocalDrive_FolderIsALinkOut_NothingGoesThrough()
    {
        Directory.CreateDirectory(Root);
        File.CreateSymbolicLink(Path.Combine(Root, "out"), _folder["outside"]);
        var local = new LocalDrive(Root);
        await Assert.ThrowsAsync<DrivePathException>(async () => await local.PutAsync("/out/x", new byte[1]));
        await Assert.ThrowsAsync<DrivePathException>(async () => await local.SymlinkAsync("/out/x", "good"));
        Assert.Null(await local.GetEntryAsync("/out/x"));
        Assert.False(await local.DeleteAsync("/out/x"));
        Assert.Empty(await PathsAsync(local, "/out"));
        Assert.Equal(["/out"], await PathsAsync(local, "/"));
        await _drive.PutAsync("/out/x", new byte[1]);
        await Assert.ThrowsAsync<DrivePathException>(() => new Mirror(_drive, local, new MirrorOptions { Prune = false }).CompleteAsync());
    }

    [Fact]
    public async Task LocalDrive_FileIsALinkOut_IsReplacedNotFollowed()
    {
        Directory.CreateDirectory(Root);
        foreach (var atomic in new[] { true, false })
        {
            File.CreateSymbolicLink(Path.Combine(Root, "f"), Path.Combine(_folder["outside"], "target"));
            var local = new LocalDrive(Root, new LocalDriveOptions { IsAtomic = atomic });
            await local.PutAsync("/f", "inside"u8.ToArray());
            Assert.Null(new FileInfo(Path.Combine(Root, "f")).LinkTarget);
            Assert.Equal("inside"u8.ToArray(), await local.GetAsync("/f"));
            Assert.True(await local.DeleteAsync("/f"));
        }
    }

    [Fact]
    public async Task Drive_LinksInACircle_FailTyped()
    {
        await _drive.SymlinkAsync("/a", "/b");
        await _drive.SymlinkAsync("/b", "a");
        var error = await Assert.ThrowsAsync<DriveException>(async () => await _drive.GetEntryAsync("/a", follow: true));
        Assert.Equal("ELOOP", error.Code);
    }

    [Theory]
    [InlineData(5, 1, 0, 7)]
    [InlineData(0, 9007199254740990, 0, 7)]
    [InlineData(0, 1, 0, 9007199254740990)]
    [InlineData(0, 1, 0, 8)]
    [InlineData(0, 1, 0, 6)]
    [InlineData(9007199254740990, 9007199254740990, 0, 7)]
    public async Task Drive_BlobOutOfRange_FailsTyped(long block, long blocks, long offset, long bytes)
    {
        await WriteRawAsync("/bad", $$$"""{"blob":{"blockOffset":{{{block}}},"byteOffset":{{{offset}}},"blockLength":{{{blocks}}},"byteLength":{{{bytes}}}}}""");
        await Assert.ThrowsAnyAsync<NashiException>(async () => await _drive.GetAsync("/bad"));
    }

    [Theory]
    [InlineData("ff")]
    [InlineData("0100")]
    [InlineData("0002000700")]
    [InlineData("00fe00000001")]
    [InlineData("000105ff0000000000001000")]
    [InlineData("00010008")]
    [InlineData("00016307")]
    public async Task Drive_BadBlockMap_FailsTyped(string map)
    {
        var id = await _drive.Blobs!.PutAsync(Convert.FromHexString(map));
        await _drive.PutEntryAsync("/bad", id with { IsMapped = true });
        await Assert.ThrowsAnyAsync<NashiException>(async () => await _drive.GetAsync("/bad"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[1]")]
    [InlineData("""{"blob":7}""")]
    [InlineData("""{"blob":{"blockOffset":-1,"byteOffset":0,"blockLength":1,"byteLength":7}}""")]
    [InlineData("""{"blob":{"blockOffset":1e300,"byteOffset":0,"blockLength":1,"byteLength":7}}""")]
    [InlineData("""{"blob":{"blockOffset":0.5,"byteOffset":0,"blockLength":1,"byteLength":7}}""")]
    [InlineData("{\"linkname\":\"\\ud800\"}")]
    public async Task Drive_BadEntry_FailsTyped(string json)
    {
        await WriteRawAsync("/bad", json);
        await Assert.ThrowsAsync<DriveException>(async () => await _drive.GetEntryAsync("/bad"));
    }

    [Fact]
    public async Task Drive_DeeplyNestedMetadata_FailsTyped()
    {
        await WriteRawAsync("/bad", $$"""{"metadata":{{new string('[', 5000)}}{{new string(']', 5000)}}}""");
        await Assert.ThrowsAsync<DriveException>(async () => await _drive.GetEntryAsync("/bad"));
    }

    [Fact]
    public async Task Mirror_MoreThanAllowed_FailsTyped()
    {
        await Assert.ThrowsAsync<MirrorException>(() => new Mirror(_drive, new LocalDrive(Root), new MirrorOptions { MaxBytes = 6 }).CompleteAsync());
        Assert.False(File.Exists(Path.Combine(Root, "good")));
    }

    [Theory]
    [InlineData("/CON")]
    [InlineData("/aux.txt")]
    [InlineData("/a:stream")]
    [InlineData("/dot.")]
    [InlineData("/space ")]
    [InlineData("/what?")]
    public async Task LocalDrive_PortableNames_RefusesWhatOthersCannotStore(string path)
    {
        var local = new LocalDrive(Root, new LocalDriveOptions { PortableNames = true });
        await Assert.ThrowsAsync<DrivePathException>(async () => await local.PutAsync(path, new byte[1]));
    }

    private static async Task<List<string>> PathsAsync(LocalDrive drive, string folder)
    {
        var paths = new List<string>();
        await foreach (var entry in drive.ListAsync(folder)) paths.Add(entry.Path);
        return paths;
    }

    private async Task WriteRawAsync(string path, string json)
        => await _drive.Db.Sub("files").PutAsync(System.Text.Encoding.UTF8.GetBytes(path), System.Text.Encoding.UTF8.GetBytes(json));
}
