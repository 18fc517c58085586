using System.IO.Compression;
using System.Text.Json;
using Nashi.Encoding;
using Nashi.Storage;
using Nashi.TestKit;

namespace Nashi.Hypercore.Tests.Stores;

/// <summary>A store that hypercore 10 wrote (tests/js/hypercore10-store.cjs), brought over.</summary>
public sealed class LegacyStoreTests
{
    private static JsonElement Golden { get; } = Vectors.Load("hypercore10");

    [Fact]
    public async Task ImportAsync_StoreOfHypercore10_HasAllOfIt()
    {
        using var folder = new TempFolder();
        Unpack(folder["old"]);
        Assert.True(LegacyStore.IsLegacy(folder["old"]));
        var told = new List<ImportedCore>();
        var imported = await LegacyStore.ImportAsync(folder["old"], folder["new"], new Direct(told));

        Assert.Equal(told, imported);
        Assert.Equal(Golden.GetProperty("cores").GetArrayLength(), imported.Count);
        Assert.All(imported, core => Assert.True(core is { Failure: null, Damaged: 0 }, core.ToString()));
        await using var store = await Corestore.OpenAsync(folder["new"]);
        foreach (var golden in Golden.GetProperty("cores").EnumerateArray()) await AssertSameAsync(store, golden);
        await using var log = await store.GetAsync("log");
        Assert.Equal("blue"u8.ToArray(), log.State.Storage.ReadUserData("colour"));
        Assert.Equal(44UL, await log.AppendAsync("more"u8.ToArray()));
        await using var cut = await store.Namespace("app").GetAsync("cut");
        Assert.Equal(18UL, await cut.AppendAsync("more"u8.ToArray()));
    }

    [Fact]
    public async Task ImportAsync_Twice_LeavesWhatIsThere()
    {
        using var folder = new TempFolder();
        Unpack(folder["old"]);
        _ = await LegacyStore.ImportAsync(folder["old"], folder["new"]);
        await using (var store = await Corestore.OpenAsync(folder["new"]))
        {
            await using var log = await store.GetAsync("log");
            await log.AppendAsync("later"u8.ToArray());
        }

        Assert.All(await LegacyStore.ImportAsync(folder["old"], folder["new"]), core => Assert.NotNull(core.Failure));
        await using var again = await Corestore.OpenAsync(folder["new"]);
        await using var same = await again.GetAsync("log");
        Assert.Equal(44UL, same.Length);
    }

    [Fact]
    public async Task ImportAsync_DamagedFiles_LeavesOutWhatIsNotProved()
    {
        using var folder = new TempFolder();
        Unpack(folder["old"]);
        IRandom random = new SeededRandom(4);
        foreach (var file in Directory.GetFiles(folder["old"], "data", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            var bytes = await File.ReadAllBytesAsync(file);
            if (bytes.Length > 0) bytes[random.Next(bytes.Length)] ^= 1;
            await File.WriteAllBytesAsync(file, bytes);
        }

        var imported = await LegacyStore.ImportAsync(folder["old"], folder["new"]);
        Assert.Contains(imported, core => core.Damaged > 0);
        await using var store = await Corestore.OpenAsync(folder["new"]);
        foreach (var core in imported)
        {
            await using var opened = await store.GetAsync(core.Key!.Value);
            Assert.Equal(core.Blocks, opened.CountHeld());
        }
    }

    [Theory]
    [InlineData("oplog")]
    [InlineData("tree")]
    [InlineData("bitfield")]
    public async Task ImportAsync_AnyByteFlipped_NeverThrowsNorTakesWhatIsWrong(string name)
    {
        for (var seed = 1UL; seed <= 5; seed++)
        {
            using var folder = new TempFolder();
            Unpack(folder["old"]);
            IRandom random = new SeededRandom(seed);
            foreach (var file in Directory.GetFiles(folder["old"], name, SearchOption.AllDirectories).Order(StringComparer.Ordinal))
            {
                var bytes = await File.ReadAllBytesAsync(file);
                for (var i = 0; i < 3 && bytes.Length > 0; i++) bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
                await File.WriteAllBytesAsync(file, bytes);
            }

            var imported = await LegacyStore.ImportAsync(folder["old"], folder["new"]);
            await using var store = await Corestore.OpenAsync(folder["new"]);
            foreach (var core in imported.Where(core => core.Failure is null))
            {
                await using var opened = await store.GetAsync(core.Key!.Value);
                var golden = Golden.GetProperty("cores").EnumerateArray().Single(each => each.GetProperty("key").GetString() == Convert.ToHexStringLower(core.Key.Value.ToArray()));
                for (var block = 0UL; block < opened.Length; block++)
                {
                    if (opened.Has(block)) Assert.Equal(BlockOf(golden, block), await opened.GetAsync(block));
                }
            }
        }
    }

    [Fact]
    public async Task ImportAsync_NoOldStore_SaysSo()
    {
        using var folder = new TempFolder();
        Directory.CreateDirectory(folder["old"]);
        var error = await Assert.ThrowsAsync<StorageException>(() => LegacyStore.ImportAsync(folder["old"], folder["new"]));
        Assert.Contains("primary-key", error.Message, StringComparison.Ordinal);
    }

    private static async Task AssertSameAsync(Corestore store, JsonElement golden)
    {
        await using var core = await store.GetAsync(new CoreKey(golden.Bytes("key")));
        Assert.Equal(golden.GetProperty("length").GetUInt64(), core.Length);
        Assert.Equal(golden.GetProperty("fork").GetUInt64(), core.Fork);
        Assert.Equal(golden.Bytes("treeHash"), core.TreeHash.ToArray());
        Assert.Equal(golden.GetProperty("writable").GetBoolean(), core.IsWritable);
        var held = golden.GetProperty("held").EnumerateArray().Select(each => each.GetUInt64()).ToHashSet();
        for (var block = 0UL; block < core.Length; block++)
        {
            Assert.Equal(held.Contains(block), core.Has(block));
            if (core.Has(block)) Assert.Equal(BlockOf(golden, block), await core.GetAsync(block));
        }
    }

    private static byte[] BlockOf(JsonElement golden, ulong block) => (golden.GetProperty("name").GetString(), block) switch
    {
        ("log", 41) => [],
        ("log", 42) => [.. Enumerable.Repeat((byte)9, 3000)],
        ("cut", >= 12) => System.Text.Encoding.UTF8.GetBytes($"block {100 + block - 12}"),
        _ => System.Text.Encoding.UTF8.GetBytes($"block {block}"),
    };

    private static void Unpack(string folder)
    {
        foreach (var file in Golden.GetProperty("files").EnumerateObject())
        {
            var path = Path.Combine(folder, file.Name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using var packed = new GZipStream(new MemoryStream(file.Value.GetBytesFromBase64()), CompressionMode.Decompress);
            using var output = File.Create(path);
            packed.CopyTo(output);
        }
    }

    private sealed class Direct(List<ImportedCore> told) : IProgress<ImportedCore>
    {
        public void Report(ImportedCore value) => told.Add(value);
    }
}
