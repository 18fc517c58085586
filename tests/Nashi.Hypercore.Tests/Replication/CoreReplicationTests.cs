using Nashi.Hypercore.Manifests;
using Nashi.Hypercore.Seam;
using Xunit;

namespace Nashi.Hypercore.Tests.Replication;

public sealed class CoreReplicationTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(37, 5)]
    [InlineData(1000, 999)]
    public async Task Get_OfARemoteBlock_IsVerifiedAndStored(int length, ulong index)
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(length);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        Assert.Equal(await writer.Core.GetAsync(index, null, Token), await GetAsync(reader, index));
        Assert.Equal((ulong)length, reader.Core.Length);
        Assert.Equal(writer.Core.TreeHash, reader.Core.TreeHash);
        Assert.NotNull(reader.Core.Manifest);
    }

    [Theory]
    [InlineData(10000, 16, true)]
    [InlineData(10000, 16, false)]
    [InlineData(300, 70000, false)]
    public async Task Download_OfManyBlocks_Completes(int count, int size, bool isLinear)
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(count, size);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        await Until(() => reader.Core.Length == (ulong)count);
        Assert.True(await reader.Replicator.Download(0, (ulong)count, isLinear).Completed.WaitAsync(Patience, Token));
        Assert.Equal((ulong)count, reader.Core.ContiguousLength);
        for (var i = 0UL; i < (ulong)count; i += 97) Assert.Equal(await writer.Core.GetAsync(i, null, Token), await reader.Core.GetAsync(i, null, Token));
    }

    [Fact]
    public async Task Download_FromThreePeers_Completes()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(5000);
        await using var second = Live.ReaderOf(writer.Core);
        await using var third = Live.ReaderOf(writer.Core);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var w1 = Wire.Between(writer.Replicator, second.Replicator);
        await using var w2 = Wire.Between(third.Replicator, writer.Replicator);
        await DownloadAsync(second, 5000);
        await DownloadAsync(third, 5000);
        await using var w3 = Wire.Between(reader.Replicator, second.Replicator);
        await using var w4 = Wire.Between(reader.Replicator, third.Replicator);
        await using var w5 = Wire.Between(writer.Replicator, reader.Replicator);
        await DownloadAsync(reader, 5000);
        Assert.Equal(writer.Core.TreeHash, reader.Core.TreeHash);
    }

    [Fact]
    public async Task Live_Appends_Arrive()
    {
        await using var writer = Live.Writer(1);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        using var download = new Cancelling(reader.Replicator.Download(0, null, false));
        for (var i = 1; i <= 200; i++)
        {
            await writer.AppendAsync(1 + (i % 3));
            if (i % 20 == 0) await Until(() => reader.Core.ContiguousLength == writer.Core.Length);
        }

        await Until(() => reader.Core.ContiguousLength == writer.Core.Length);
    }

    [Theory]
    [InlineData(20, 5, 3)]
    [InlineData(1000, 513, 600)]
    [InlineData(64, 0, 2)]
    [InlineData(64, 63, 0)]
    public async Task Truncation_WhileConnected_IsFollowed(int before, ulong cut, int after)
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(before);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(reader.Replicator, writer.Replicator);
        await DownloadAsync(reader, (ulong)before);
        await writer.Core.TruncateAsync(cut, cancellationToken: Token);
        if (after > 0) await writer.AppendAsync(after);
        await Until(() => reader.Core.Fork == 1 && reader.Core.Length == writer.Core.Length);
        await DownloadAsync(reader, writer.Core.Length);
        Assert.Equal(writer.Core.TreeHash, reader.Core.TreeHash);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Manifest_OfAnyVersion_IsLearnt(int version)
    {
        using var pair = Nashi.Cryptography.KeyPair.Generate(new SeededRandom(1));
        await using var writer = Live.Writer(1, Manifest.ForKey(pair.PublicKey, version));
        await writer.AppendAsync(5);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        Assert.Equal(16, (await GetAsync(reader, 3)).Length);
        Assert.Equal(version, reader.Core.Manifest!.Version);
    }

    [Fact]
    public async Task CompatCore_WithoutManifest_Replicates()
    {
        using var pair = Nashi.Cryptography.KeyPair.Generate(new SeededRandom(1));
        var key = new Nashi.Encoding.CoreKey(pair.PublicKey.Value);
        await using var writer = Live.Writer(1, key: key);
        await writer.AppendAsync(5);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        Assert.Equal(16, (await GetAsync(reader, 3)).Length);
    }

    [Fact]
    public async Task Seek_ByPeers_FindsEveryByte()
    {
        await using var writer = Live.Writer(1);
        var random = new SeededRandom(7);
        for (var i = 0; i < 100; i++) await writer.Core.AppendAsync(new byte[1 + ((IRandom)random).Next(50)], Token);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        await Until(() => reader.Core.Length == 100);
        for (ulong offset = 0; offset < writer.Core.ByteLength; offset += 101)
        {
            Assert.Equal(await writer.Core.SeekAsync(offset, Token), await reader.Core.SeekAsync(offset, Token).AsTask().WaitAsync(Patience, Token));
        }
    }

    [Fact]
    public async Task SparsePeer_ServesWhatItHas()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(3000);
        await using var middle = Live.ReaderOf(writer.Core);
        await using (Wire.Between(writer.Replicator, middle.Replicator))
        {
            for (var i = 0UL; i < 3000; i += 100) _ = await GetAsync(middle, i);
        }

        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(middle.Replicator, reader.Replicator);
        for (var i = 0UL; i < 3000; i += 300) _ = await GetAsync(reader, i);
        var missing = reader.Replicator.FetchBlockAsync(101, true, Token).AsTask();
        Assert.False(await missing.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task SparsePeer_ServesARangeThatItDownloaded()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(2000);
        await using var middle = Live.ReaderOf(writer.Core);
        await using (Wire.Between(writer.Replicator, middle.Replicator))
        {
            await Until(() => middle.Core.Length == 2000);
            Assert.True(await middle.Replicator.Download(500, 700, false).Completed.WaitAsync(Patience, Token));
        }

        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(middle.Replicator, reader.Replicator);
        await Until(() => reader.Core.Length == 2000);
        Assert.True(await reader.Replicator.Download(500, 700, false).Completed.WaitAsync(Patience, Token));
    }

    [Fact]
    public async Task ClearedBlocks_AreFetchedAgain()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(100);
        await using var reader = Live.ReaderOf(writer.Core);
        await using var wire = Wire.Between(writer.Replicator, reader.Replicator);
        await DownloadAsync(reader, 100);
        await reader.Core.ClearAsync(10, 90, Token);
        Assert.False(reader.Core.Has(50));
        Assert.Equal(16, (await GetAsync(reader, 50)).Length);
        await DownloadAsync(reader, 100);
    }

    [Fact]
    public async Task WritersThatForked_FreezeTheReader()
    {
        await using var writer = Live.Writer(1);
        await using var twin = Live.Writer(1);
        await writer.AppendAsync(5);
        await twin.Core.AppendAsync(new byte[3], Token);
        for (var i = 0; i < 6; i++) await twin.Core.AppendAsync(new byte[] { 9, (byte)i }, Token);
        await using var reader = Live.ReaderOf(writer.Core);
        await using (Wire.Between(writer.Replicator, reader.Replicator)) await DownloadAsync(reader, 5);
        await using var wire = Wire.Between(twin.Replicator, reader.Replicator);
        await Until(() => reader.State.IsFrozen);
        await Until(() => twin.State.IsFrozen);
    }

    [Fact]
    public async Task Conflict_AfterReopening_IsStillKnown()
    {
        await using var writer = Live.Writer(1);
        await using var twin = Live.Writer(1);
        await writer.AppendAsync(5);
        for (var i = 0; i < 6; i++) await twin.Core.AppendAsync(new byte[] { 9, (byte)i }, Token);
        await using var store = Storage.CorestoreStorage.CreateInMemory();
        await using (var reader = Live.Open(writer.Core.Key, new(), store: store))
        {
            await using (Wire.Between(writer.Replicator, reader.Replicator)) await DownloadAsync(reader, 5);
            await using var wire = Wire.Between(twin.Replicator, reader.Replicator);
            await Until(() => reader.State.IsFrozen);
            Assert.Equal((0UL, 5UL, twin.Core.GetTreeHash(5)), (reader.Core.Conflict!.Fork, reader.Core.Conflict.Length, (Nashi.Encoding.Bytes32?)reader.Core.Conflict.TreeHash));
        }

        await using var again = Live.Open(writer.Core.Key, new(), store: store);
        Assert.Equal(5UL, again.Core.Conflict!.Length);
        await Assert.ThrowsAsync<CoreFrozenException>(async () => await again.Core.GetAsync(0, null, Token));
    }

    [Fact]
    public async Task Clear_ByAReader_KeepsWhatTheOthersNeed()
    {
        await using var writer = Live.Writer(1);
        await writer.AppendAsync(64);
        await using var middle = Live.ReaderOf(writer.Core);
        await using (Wire.Between(writer.Replicator, middle.Replicator)) await DownloadAsync(middle, 64);
        var nodes = CountNodes(middle);
        await middle.Core.ClearAsync(16, 32, Token);
        await middle.Core.ClearAsync(5, 6, Token);
        Assert.True(CountNodes(middle) < nodes);
        await using var reader = Live.ReaderOf(writer.Core);
        await using (Wire.Between(middle.Replicator, reader.Replicator))
        {
            for (var i = 0UL; i < 64; i++)
            {
                if (middle.Core.Has(i)) Assert.Equal(writer.Core.TryGet(i, out var block) ? block : null, await GetAsync(reader, i));
            }
        }

        Assert.Equal(47UL, reader.Core.CountHeld());
        await using var wire = Wire.Between(writer.Replicator, middle.Replicator);
        await DownloadAsync(middle, 64);
    }

    private static int CountNodes(Live core) => Enumerable.Range(0, 128).Count(i => core.State.Storage.TryReadTreeNode((ulong)i, out _, out _));

    private static async Task<byte[]> GetAsync(Live reader, ulong index) => await reader.Core.GetAsync(index, null, Token).AsTask().WaitAsync(Patience, Token);

    private static async Task DownloadAsync(Live reader, ulong length)
    {
        await Until(() => reader.Core.Length >= length);
        Assert.True(await reader.Replicator.Download(0, length, false).Completed.WaitAsync(Patience, Token));
        Assert.True(reader.Core.ContiguousLength >= length);
    }

    private static async Task Until(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class Cancelling(ICoreDownload download) : IDisposable
    {
        public void Dispose() => download.Cancel();
    }
}
