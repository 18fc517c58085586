namespace Nashi.Hypercore.Tests;

public sealed class WriteStreamTests
{
    [Theory]
    [InlineData(1, 10, 1)]
    [InlineData(7, 64, 100)]
    [InlineData(1000, 64, 128)]
    [InlineData(300_000, 65_536, 1 << 20)]
    public async Task OpenWrite_AnySizes_CutsIntoBlocks(int piece, int blockSize, int waiting)
    {
        var bytes = new byte[Math.Min(100 * piece, 1_000_001)];
        ((IRandom)new SeededRandom(5)).Fill(bytes);
        await using var core = Core.CreateInMemory();
        await using (var stream = core.OpenWrite(new CoreWriteOptions { BlockSize = blockSize, MaxWaiting = waiting }))
        {
            for (var at = 0; at < bytes.Length; at += piece) await stream.WriteAsync(bytes.AsMemory(at, Math.Min(piece, bytes.Length - at)));
            Assert.Equal(bytes.Length, stream.Position);
        }

        Assert.Equal((ulong)((bytes.Length + blockSize - 1) / blockSize), core.Length);
        Assert.Equal((ulong)bytes.Length, core.ByteLength);
        using var read = new MemoryStream();
        await using var source = core.OpenRead();
        await source.CopyToAsync(read);
        Assert.Equal(bytes, read.ToArray());
    }

    [Fact]
    public async Task OpenWrite_Flushed_StoresAllThatWasWritten()
    {
        await using var core = Core.CreateInMemory();
        await using var stream = core.OpenWrite();
        await stream.WriteAsync("abc"u8.ToArray());
        Assert.Equal(0UL, core.Length);
        await stream.FlushAsync();
        Assert.Equal("abc"u8.ToArray(), await core.GetAsync(0));
        await stream.FlushAsync();
        Assert.Equal(1UL, core.Length);
    }

    [Fact]
    public async Task OpenWrite_CoreOfAnother_IsRefused()
    {
        await using var core = Core.CreateInMemory();
        await using var store = Corestore.CreateInMemory();
        await using var copy = await store.GetAsync(core.Key);
        Assert.Throws<CoreNotWritableException>(() => copy.OpenWrite());
    }
}
