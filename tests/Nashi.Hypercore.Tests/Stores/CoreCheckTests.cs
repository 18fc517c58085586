using Nashi.Encoding;
using Nashi.Hypercore.Merkle;
using Nashi.Hypercore.State;
using Nashi.SecretStream;
using Nashi.Storage;
using Nashi.Storage.Kv;
using Nashi.TestKit;

namespace Nashi.Hypercore.Tests.Stores;

public sealed class CoreCheckTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task CheckAsync_SoundCore_FindsNothing()
    {
        using var folder = new TempFolder();
        var key = await MakeAsync(folder["s"]);
        await using var store = await Corestore.OpenAsync(folder["s"]);
        var check = await store.CheckAsync(key, repair: true);
        Assert.True(check is { IsSound: true, IsUsable: true, IsRepaired: false, Blocks: 100, Length: 100 }, $"{check}");
        await using var open = await store.GetAsync(key);
        Assert.Null(await store.CheckAsync(key));
        Assert.Null(await store.CheckAsync(new CoreKey(new byte[32])));
    }

    [Fact]
    public async Task CheckAsync_LostTree_IsMadeAnewFromTheBlocks()
    {
        using var folder = new TempFolder();
        var key = await MakeAsync(folder["s"]);
        await TamperAsync(folder["s"], key, batch => batch.DeleteTreeNodes(0, 150));
        await using var store = await Corestore.OpenAsync(folder["s"]);
        await Assert.ThrowsAsync<StorageException>(() => store.GetAsync(key).AsTask());
        Assert.True(await store.CheckAsync(key) is { IsTreeIntact: false, IsUsable: false, IsRepaired: false });
        var check = await store.CheckAsync(key, repair: true);
        Assert.True(check is { IsTreeIntact: false, IsUsable: true, IsRepaired: true, Blocks: 100, Damaged: 0 }, $"{check}");
        await using var core = await store.GetAsync(key);
        Assert.Equal(101UL, await core.AppendAsync("more"u8.ToArray()));
        Assert.Equal(BlockOf(42), await core.GetAsync(42));
    }

    [Fact]
    public async Task CheckAsync_LostTreeAndABlock_SaysThatItCanNotHelp()
    {
        using var folder = new TempFolder();
        var key = await MakeAsync(folder["s"]);
        await TamperAsync(folder["s"], key, batch =>
        {
            batch.DeleteTreeNodes(0, 150);
            batch.DeleteBlock(7);
        });
        await using var store = await Corestore.OpenAsync(folder["s"]);
        Assert.True(await store.CheckAsync(key, repair: true) is { IsTreeIntact: false, IsUsable: false, IsRepaired: false });
    }

    [Fact]
    public async Task CheckAsync_WrongBlocksAndBits_AreSetRight()
    {
        using var folder = new TempFolder();
        var key = await MakeAsync(folder["s"]);
        await TamperAsync(folder["s"], key, batch =>
        {
            batch.PutBlock(3, "wrong"u8);
            batch.DeleteBlock(4);
            var page = new byte[CoreStorage.PageSize];
            page.AsSpan(0, 5).Fill(0xff);
            batch.PutBitfieldPage(0, page);
        });
        await using var store = await Corestore.OpenAsync(folder["s"]);
        var check = await store.CheckAsync(key, repair: true);
        Assert.True(check is { IsTreeIntact: true, Blocks: 98, Damaged: 1, Missing: 1, Forgotten: 60, IsRepaired: true }, $"{check}");
        Assert.True(await store.CheckAsync(key) is { IsSound: true, Blocks: 98 });
        await using var core = await store.GetAsync(key);
        Assert.Equal([3UL, 4UL], Enumerable.Range(0, 100).Select(i => (ulong)i).Where(i => !core.Has(i)));
        Assert.Equal(3UL, core.ContiguousLength);
    }

    [Fact]
    public async Task CheckAsync_ReaderThatLostBlocks_DownloadsThemAgain()
    {
        using var folder = new TempFolder();
        await using var writer = Corestore.CreateInMemory();
        await using var source = await writer.GetAsync("log");
        for (var i = 0; i < 100; i++) await source.AppendAsync(BlockOf(i));
        await using (var store = await Corestore.OpenAsync(folder["s"]))
        {
            await using var core = await store.GetAsync(source.Key);
            await DownloadAsync(writer, store, core);
        }

        await TamperAsync(folder["s"], source.Key, batch => batch.PutBlock(50, "wrong"u8));
        await using var again = await Corestore.OpenAsync(folder["s"]);
        Assert.True(await again.CheckAsync(source.Key, repair: true) is { Damaged: 1, Blocks: 99 });
        await using var repaired = await again.GetAsync(source.Key);
        await DownloadAsync(writer, again, repaired);
        Assert.Equal(BlockOf(50), await repaired.GetAsync(50));
    }

    [Fact]
    public void TreeProver_OtherLeafOfAProvedPlace_IsRefused()
    {
        var tree = new MerkleBatch();
        for (var i = 0; i < 4; i++) tree.Append(BlockOf(i));
        var nodes = tree.Nodes.ToDictionary(node => node.Index);
        var prover = new TreeProver(new Nodes(nodes), tree.Roots, 4);
        Assert.True(prover.TryProve(MerkleHash.LeafNode(0, BlockOf(0))));
        Assert.True(prover.TryProve(MerkleHash.LeafNode(1, BlockOf(1))));
        Assert.False(prover.TryProve(MerkleHash.LeafNode(1, BlockOf(0))));
        Assert.False(prover.TryProve(MerkleHash.LeafNode(2, BlockOf(0))));
        Assert.False(prover.TryProve(MerkleHash.LeafNode(9, BlockOf(0))));
    }

    private static async Task DownloadAsync(Corestore from, Corestore to, Core core)
    {
        var pair = MessageStreamPair.CreateInMemory();
        await using var left = from.Replicate(pair.Initiator);
        await using var right = to.Replicate(pair.Responder);
        _ = await core.UpdateAsync(wait: true).AsTask().WaitAsync(Patience);
        using var download = core.Download(0, 100);
        Assert.True(await download.Completed.WaitAsync(Patience));
    }

    private static byte[] BlockOf(int i) => System.Text.Encoding.UTF8.GetBytes($"block {i}");

    private static async Task<CoreKey> MakeAsync(string folder)
    {
        await using var store = await Corestore.OpenAsync(folder);
        await using var core = await store.GetAsync("log");
        for (var i = 0; i < 100; i++) await core.AppendAsync(BlockOf(i));
        return core.Key;
    }

    private static async Task TamperAsync(string folder, CoreKey key, Action<CoreWriteBatch> change)
    {
        await using var storage = await CorestoreStorage.OpenAsync(folder);
        var core = storage.TryOpenCore(Nashi.Cryptography.CoreKeys.ToDiscoveryKey(key))!;
        var batch = core.CreateBatch();
        change(batch);
        await core.CommitAsync(batch, Durability.Synced);
    }

    private sealed class Nodes(Dictionary<ulong, TreeNode> nodes) : INodeSource
    {
        public bool TryGet(ulong index, out TreeNode node) => nodes.TryGetValue(index, out node);
    }
}
