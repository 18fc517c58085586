using System.Diagnostics;
using Nashi.Storage.Device;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Interop;

/// <summary>One process at a time, and never a copy: told alike by both.</summary>
public sealed class DeviceInteropTests
{
    [Fact]
    public async Task OpenAsync_HeldByTheReference_Refuses()
    {
        using var folder = new TempFolder();
        await using var js = await JsStore.OpenAsync(folder["s"]);
        var refused = await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]));
        Assert.Equal(StorageFailure.InUse, refused.Failure);
        Assert.True(refused.IsTransient);
        Assert.Contains(folder["s"], refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_HeldByUs_TheReferenceIsRefused()
    {
        using var folder = new TempFolder();
        await using var store = await CorestoreStorage.OpenAsync(folder["s"]);
        var (_, message) = await JsStore.RefusedAsync(folder["s"]);
        Assert.Contains("lock", message, StringComparison.OrdinalIgnoreCase);
        var refused = await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]));
        Assert.Equal(StorageFailure.InUse, refused.Failure);
    }

    [Fact]
    public async Task OpenAsync_ReadOnly_ReadsWhileTheReferenceWrites()
    {
        using var folder = new TempFolder();
        await using var js = await JsStore.OpenAsync(folder["s"]);
        await js.AppendAsync("a", 3);
        await using var store = await CorestoreStorage.OpenAsync(folder["s"], new StorageOptions { IsReadOnly = true });
        var core = store.TryOpenCore(store.ListCores().Single())!;
        Assert.Equal(3UL, core.ReadHead()!.Value.Length);
        var batch = core.CreateBatch();
        batch.DeleteBlocks(0);
        var refused = await Assert.ThrowsAsync<StorageException>(async () => await core.CommitAsync(batch, Storage.Kv.Durability.Synced));
        Assert.Equal(StorageFailure.ReadOnly, refused.Failure);
        Assert.Equal(3UL, (await js.AppendAsync("b", 3)).GetProperty("length").GetUInt64());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task OpenAsync_Copy_IsRefusedByBoth(bool madeByUs)
    {
        using var folder = new TempFolder();
        if (madeByUs) await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        else await using (var js = await JsStore.OpenAsync(folder["s"])) await js.CloseAsync();
        await CopyAsync(folder["s"], folder["copy"]);

        var refused = await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["copy"]));
        Assert.Equal(StorageFailure.DeviceFile, refused.Failure);
        Assert.Equal("DEVICE_FILE", refused.Code);
        Assert.Equal("DEVICE_FILE", (await JsStore.RefusedAsync(folder["copy"])).Code);
        await using var allowed = await CorestoreStorage.OpenAsync(folder["copy"], new StorageOptions { AllowCopy = true });
        Assert.Empty(allowed.ListCores());
    }

    [Fact]
    public async Task OpenAsync_Moved_IsAcceptedByBoth()
    {
        using var folder = new TempFolder();
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        Directory.Move(folder["s"], folder["moved"]);
        await (await CorestoreStorage.OpenAsync(folder["moved"])).DisposeAsync();
        await using var js = await JsStore.OpenAsync(folder["moved"]);
    }

    [Fact]
    public async Task OpenAsync_Again_NeverTouchesTheDeviceFile()
    {
        using var folder = new TempFolder();
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        var file = new FileInfo(folder["s", "CORESTORE"]);
        var (text, written) = (await File.ReadAllTextAsync(file.FullName), file.LastWriteTimeUtc);
        Assert.Matches("^device/platform=linux\ndevice/inode=[0-9]+\ndevice/created=[0-9]{13}\n(device/attribute=original\n)?$", text);
        Assert.Equal(["CORESTORE", "db"], new DirectoryInfo(folder["s"]).EnumerateFileSystemInfos().Select(entry => entry.Name).Order(StringComparer.Ordinal));
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        file.Refresh();
        Assert.Equal((text, written), (await File.ReadAllTextAsync(file.FullName), file.LastWriteTimeUtc));
    }

    [Theory]
    [InlineData("device/platform=linux", "device/platform=win32", "win32")]
    [InlineData("device/inode=", "device/inode=1", "copied")]
    public async Task OpenAsync_ForeignDeviceFile_SaysWhy(string from, string to, string why)
    {
        using var folder = new TempFolder();
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        var path = folder["s", "CORESTORE"];
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path)).Replace(from, to, StringComparison.Ordinal));
        var refused = await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"]));
        Assert.Equal(StorageFailure.DeviceFile, refused.Failure);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
        Assert.Equal("DEVICE_FILE", (await JsStore.RefusedAsync(folder["s"])).Code);
    }

    [Fact]
    public async Task OpenAsync_OtherId_IsRefused()
    {
        using var folder = new TempFolder();
        await (await CorestoreStorage.OpenAsync(folder["s"], new StorageOptions { Id = "one" })).DisposeAsync();
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        await Assert.ThrowsAsync<StorageException>(async () => await CorestoreStorage.OpenAsync(folder["s"], new StorageOptions { Id = "two" }));
        await using var js = await JsStore.OpenAsync(folder["s"], """{"id":"one"}""");
    }

    [Fact]
    public void DeviceRecord_AnyText_ParsesOrIgnores()
    {
        foreach (var text in new[] { "", "\n\n", "=", "device/inode", "device/inode=x", "device/created=1e400\r\nid = a = b \r\n" }) Assert.NotNull(DeviceRecord.Parse(text));
        Assert.Equal("a = b", DeviceRecord.Parse("id = a = b \r\n").Id);
    }

    private static async Task CopyAsync(string from, string to)
    {
        using var copy = Process.Start("cp", ["-a", "--no-preserve=xattr", from, to]);
        await copy.WaitForExitAsync();
        Assert.Equal(0, copy.ExitCode);
    }
}
