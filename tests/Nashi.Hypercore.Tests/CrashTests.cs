using System.Diagnostics;
using System.Globalization;
using Nashi.Cryptography;
using Nashi.Encoding;
using Nashi.Storage;
using Nashi.TestKit;
using Xunit;

namespace Nashi.Hypercore.Tests;

public sealed class CrashTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(3)]
    [InlineData(150)]
    public async Task Store_WriterKilledWhileAppending_HasAllThatWasAcknowledged(ulong enough)
    {
        using var folder = new TempFolder();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment[CrashChild.Variable] = folder.Path;
        using var child = Process.Start(start)!;
        var acknowledged = 0UL;
        try
        {
            while (acknowledged < enough)
            {
                var line = await child.StandardOutput.ReadLineAsync(Cancel).AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
                if (line is null) Assert.Fail(await child.StandardError.ReadToEndAsync(Cancel));
                acknowledged = Math.Max(acknowledged, ulong.Parse(line, CultureInfo.InvariantCulture));
            }
        }
        finally
        {
            child.Kill();
        }

        await child.WaitForExitAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(60), Cancel);
        while (await child.StandardOutput.ReadLineAsync(Cancel) is { } line)
        {
            if (ulong.TryParse(line, NumberStyles.None, CultureInfo.InvariantCulture, out var length)) acknowledged = Math.Max(acknowledged, length);
        }

        await using var store = await CorestoreStorage.OpenAsync(folder.Path, null, Cancel);
        await using var core = Core.Open(store, null, new() { KeyPair = KeyPair.FromSeed(CrashChild.Seed) });
        Assert.True(core.Length >= acknowledged, $"{acknowledged} blocks were acknowledged, {core.Length} are there");
        Assert.Equal(core.Length, core.ContiguousLength);
        for (var i = 0UL; i < core.Length; i++) Assert.Equal(8, (await core.GetAsync(i, null, Cancel)).Length);
        await core.AppendAsync(new byte[1], Cancel);
    }

    [Fact]
    public async Task Open_RecordsDamaged_SaysWhatIsWrong()
    {
        var pair = KeyPair.FromSeed(CrashChild.Seed);
        var options = new CoreOptions { KeyPair = pair };
        await using var store = CorestoreStorage.CreateInMemory();
        CoreKey key;
        await using (var core = Core.Open(store, null, options))
        {
            key = core.Key;
            for (var i = 0; i < 6; i++) await core.AppendAsync(new byte[i], Cancel);
        }

        var storage = store.TryOpenCore(key.ToDiscoveryKey())!;
        await BreakAsync(storage, batch => batch.DeleteBlock(2));
        await using (var core = Core.Open(store, null, options))
        {
            var error = await Assert.ThrowsAsync<StorageException>(async () => await core.GetAsync(2, null, Cancel));
            Assert.Contains("block 2", error.Message, StringComparison.Ordinal);
            Assert.Equal(3, (await core.GetAsync(3, null, Cancel)).Length);
        }

        Assert.True(storage.TryReadTreeNode(3, out var size, out var hash));
        await BreakAsync(storage, batch => batch.PutTreeNode(3, size + 1, hash));
        Assert.Contains("hash", Assert.Throws<StorageException>(() => Core.Open(store, null, options)).Message, StringComparison.Ordinal);
        await BreakAsync(storage, batch => batch.DeleteTreeNode(3));
        Assert.Contains("tree node 3", Assert.Throws<StorageException>(() => Core.Open(store, null, options)).Message, StringComparison.Ordinal);
        await BreakAsync(storage, batch => batch.SetAuth(storage.ReadAuth() with { Manifest = [1, 2, 3] }));
        var last = Assert.Throws<StorageException>(() => Core.Open(store, null, options));
        Assert.Equal(StorageFailure.Corrupt, last.Failure);
        Assert.Contains(key.ToString(), last.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Append_AfterTheLogWasLost_WaitsForConfirmation()
    {
        var options = new CoreOptions { KeyPair = KeyPair.FromSeed(CrashChild.Seed) };
        await using var store = CorestoreStorage.CreateInMemory();
        await using (var core = Core.Open(store, null, options)) await core.AppendAsync(new byte[1], Cancel);
        var storage = store.TryOpenCore(store.ListCores()[0])!;
        await BreakAsync(storage, batch => batch.SetHints(new CoreHints(1, 0, 12345)));
        await using var again = Core.Open(store, null, options);
        Assert.True(again.IsRecovering);
        await Assert.ThrowsAsync<CoreRecoveringException>(async () => await again.AppendAsync(new byte[1], Cancel));
        await again.ConfirmLengthAsync();
        Assert.Equal(2UL, await again.AppendAsync(new byte[1], Cancel));
    }

    private static async Task BreakAsync(CoreStorage storage, Action<CoreWriteBatch> change)
    {
        var batch = storage.CreateBatch();
        change(batch);
        await storage.CommitAsync(batch, Storage.Kv.Durability.Buffered);
    }
}
