using System.Text.Json.Nodes;
using Nashi.Encoding;
using Nashi.Storage.Kv;
using Nashi.TestKit;

namespace Nashi.Storage.Tests.Interop;

/// <summary>One store, opened in turn by the reference and by Nashi.</summary>
public sealed class StoreInteropTests
{
    public static TheoryData<string> Endings => ["close", "flush", "compact"];

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task CorestoreStorage_StoreOfTheReference_ReadsEverything(string ending)
    {
        using var folder = new TempFolder();
        await using var js = await JsStore.OpenAsync(folder["s"]);
        var appended = await js.DoAsync(new JsonObject
        {
            ["op"] = "append", ["name"] = "a", ["count"] = 9, ["text"] = "x", ["size"] = 5000, ["userData"] = new JsonObject { ["k"] = "v", ["梨"] = "" },
        });
        await js.AppendAsync("b", 3);
        await js.DoAsync(new JsonObject { ["op"] = "clear", ["name"] = "a", ["start"] = 2, ["end"] = 4 });
        await js.DoAsync(new JsonObject { ["op"] = "session", ["name"] = "a", ["session"] = "s", ["count"] = 2 });
        var read = await js.ReadAsync("a");
        var listed = await js.DoAsync("list");
        var dump = await js.DumpAsync();
        if (ending != "close") await js.DoAsync(ending);
        await js.CloseAsync();

        await using var store = await CorestoreStorage.OpenAsync(folder["s"]);
        Assert.Equal(dump, store.Dump());
        Assert.Equal(listed.GetProperty("cores").EnumerateArray().Select(each => each.GetString()), store.ListCores().Select(each => Convert.ToHexStringLower(each.ToArray())));
        var core = store.TryOpenCore(new DiscoveryKey(appended.Bytes("discoveryKey")))!;
        Assert.Equal(appended.Bytes("key"), core.ReadAuth().Key.ToArray());
        Assert.NotNull(core.ReadAuth().SignerSecretKey);
        var head = core.ReadHead()!.Value;
        Assert.Equal(9UL, head.Length);
        Assert.Equal(read.Bytes("treeHash"), head.RootHash.ToArray());
        var blocks = read.GetProperty("blocks").EnumerateArray().Select(each => each.GetString()).ToArray();
        Assert.Equal(blocks, Enumerable.Range(0, 9).Select(i => core.ReadBlock((ulong)i) is { } block ? Convert.ToHexStringLower(block) : null));
        Assert.Null(blocks[2]);
        Assert.Equal(["k", "梨"], core.ReadAllUserData().Select(entry => entry.Key));
        Assert.Equal("v"u8.ToArray(), core.ReadUserData("k"));
        var page = new byte[CoreStorage.PageSize];
        Assert.True(core.TryReadBitfieldPage(0, page));
        Assert.Equal([0xf3, 0x01], page[..2]);
        Assert.True(core.TryReadTreeNode(0, out var size, out _));
        Assert.Equal(5000UL, size);
        AssertSession(core);
    }

    [Theory]
    [MemberData(nameof(Endings))]
    public async Task CorestoreStorage_StoreOfOurs_IsReadAndContinuedByTheReference(string ending)
    {
        using var folder = new TempFolder();
        var key = await CopyAsync(folder["from"], folder["to"], ending);

        await using var js = await JsStore.OpenAsync(folder["to"]);
        var read = await js.ReadKeyAsync(key);
        Assert.Equal(20UL, read.GetProperty("length").GetUInt64());
        Assert.Equal(20, read.GetProperty("blocks").EnumerateArray().Count(each => each.GetString() is { Length: 10000 }));
        Assert.True(read.GetProperty("writable").GetBoolean());
        Assert.Equal(Convert.ToHexStringLower(Fill(9).AsSpan()), (await js.DoAsync("list")).GetProperty("seed").GetString());
        Assert.Equal("n", (await js.DoAsync("list")).GetProperty("aliases")[0].GetProperty("name").GetString());
        await js.DoAsync(new JsonObject { ["op"] = "append", ["key"] = Convert.ToHexStringLower(key), ["count"] = 2, ["text"] = "y" });
        await js.CloseAsync();

        await using var again = await CorestoreStorage.OpenAsync(folder["to"]);
        var core = again.TryOpenCore(again.ListCores().Single())!;
        Assert.Equal(22UL, core.ReadHead()!.Value.Length);
        Assert.Equal("y21y2"u8.ToArray(), core.ReadBlock(21));
    }

    [Fact]
    public async Task CorestoreStorage_Alternating_BothSeeAll()
    {
        using var folder = new TempFolder();
        await (await CorestoreStorage.OpenAsync(folder["s"])).DisposeAsync();
        for (var round = 0; round < 3; round++)
        {
            await using var js = await JsStore.OpenAsync(folder["s"]);
            var appended = await js.AppendAsync("a", 100, size: 6000);
            if (round == 1) await js.DoAsync("compact");
            if (round > 0) Assert.Equal($"ours{round - 1}", await UserDataAsync(js));
            await js.CloseAsync();

            await using var store = await CorestoreStorage.OpenAsync(folder["s"]);
            var core = store.TryOpenCore(new DiscoveryKey(appended.Bytes("discoveryKey")))!;
            Assert.Equal((ulong)(round + 1) * 100, core.ReadHead()!.Value.Length);
            var batch = core.CreateBatch();
            batch.PutUserData("ours", System.Text.Encoding.UTF8.GetBytes($"ours{round}"));
            await core.CommitAsync(batch, Durability.Synced);
            if (round == 0) store.Compact();
            if (round == 1) store.Flush();
        }
    }

    [Fact]
    public async Task CorestoreStorage_WriterKilled_ReopensWhatItWrote()
    {
        using var folder = new TempFolder();
        await using (var js = await JsStore.OpenAsync(folder["s"])) await js.AppendAsync("a", 7);
        await using var store = await CorestoreStorage.OpenAsync(folder["s"]);
        Assert.Equal(7UL, store.TryOpenCore(store.ListCores().Single())!.ReadHead()!.Value.Length);
    }

    private static async Task<string> UserDataAsync(JsStore js)
    {
        var dump = await js.DumpAsync();
        var value = dump.Single(entry => entry.Key.EndsWith("06006f7572730001", StringComparison.Ordinal)).Value;
        return System.Text.Encoding.UTF8.GetString(Convert.FromHexString(value));
    }

    private static void AssertSession(CoreStorage core)
    {
        Assert.Equal(["s"], core.ReadSessionNames());
        var session = core.TryOpenSession("s")!;
        Assert.Equal(11UL, session.ReadHead()!.Value.Length);
        Assert.Equal(9UL, session.Dependencies.Single().Length);
        Assert.Equal("session1"u8.ToArray(), session.ReadBlock(10));
        Assert.Equal(core.ReadBlock(8), session.ReadBlock(8));
        Assert.True(session.TryReadTreeNode(7, out var below, out _));
        Assert.True(core.TryReadTreeNode(7, out var same, out _));
        Assert.Equal(same, below);
        using var cursor = session.ReadBlocks(7);
        var walked = new List<ulong>();
        while (cursor.MoveNext()) walked.Add(cursor.Index);
        Assert.Equal([7UL, 8, 9, 10], walked);
    }

    // A core that the reference wrote, record by record into a store of ours.
    private static async Task<byte[]> CopyAsync(string from, string to, string ending)
    {
        await using (var js = await JsStore.OpenAsync(from))
        {
            await js.AppendAsync("a", 20, size: 5000);
            await js.CloseAsync();
        }

        await using var source = await CorestoreStorage.OpenAsync(from);
        await using var target = await CorestoreStorage.OpenAsync(to);
        Assert.Equal(Fill(9), await target.InitializePrimaryKeyAsync(Fill(9)));
        var original = source.TryOpenCore(source.ListCores().Single())!;
        var copy = target.CreateCore(original.ReadAuth(), new CoreAlias("n", Fill(1)));
        var batch = copy.CreateBatch();
        using (var blocks = original.ReadBlocks())
        {
            while (blocks.MoveNext()) batch.PutBlock(blocks.Index, blocks.Block);
        }

        for (ulong node = 0; node < 40; node++)
        {
            if (original.TryReadTreeNode(node, out var size, out var hash)) batch.PutTreeNode(node, size, hash);
        }

        original.ReadBitfield(batch, static (page, bits, into) => into.PutBitfieldPage(page, bits));
        batch.SetHead(original.ReadHead()!.Value);
        batch.SetHints(original.ReadHints());
        await copy.CommitAsync(batch, Durability.Synced);
        if (ending == "flush") target.Flush();
        if (ending == "compact") target.Compact();
        return original.ReadAuth().Key.ToArray();
    }

    private static Bytes32 Fill(byte value) => new([.. Enumerable.Repeat(value, Bytes32.Size)]);
}
